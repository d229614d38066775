import Foundation
import SwitchboardRouter
import SwitchboardSpec
import Testing

/// Frames of an existing protocol, as its authors publish them.
@Suite("Published frames of SBP")
struct PublishedFrameTests {
    private static let spec: CheckedSpec? = {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/SBP.yaml")
        return (try? Data(contentsOf: path)).flatMap { SpecReader.read(Array($0)).spec }
    }()

    @Test("are read, and written again byte for byte, by the generated codec", arguments: SBP.messages.map { $0.name })
    func roundTrip(name: String) throws {
        let spec = try #require(Self.spec)
        let message = try #require(spec.messages.first { $0.name.value == name })
        let type = try #require(SBP.messages.first { $0.name == name })
        let examples = spec.examples(of: message)
        #expect(!examples.isEmpty)
        for example in examples {
            let (decoder, encoder) = (FrameDecoder(SBP.frameFormat), FrameEncoder(SBP.frameFormat))
            var reader = ByteReader(Bytes(example.frame))
            var header = HeaderBytes()
            guard case .frame(let frame) = decoder.next(in: &reader, header: &header) else {
                Issue.record("\(example.frame.hexadecimal) is no frame")
                continue
            }
            #expect(frame.code == type.code)
            let decoded = try decoder.payload(of: frame, in: &reader) { payload throws(PayloadError) in
                try type.init(payload: &payload)
            }
            var writer = ByteWriter()
            try encoder.encode(decoded, header: HeaderBytes(of: SBP.Header(header)), into: &writer)
            #expect(Array(writer.takeBytes()) == example.frame)
        }
    }

    @Test("say what stands beside them")
    func values() throws {
        let frame: [UInt8] = [
            0x55, 0x00, 0x09, 0x34, 0x12, 0x11, 0x1A, 0x01, 0x00, 0xC0, 0xCE, 0x60, 0x00, 0xDF, 0xFF, 0x2C, 0x10, 0x3C,
            0x00, 0xD0, 0xFE, 0xEE, 0xFF, 0x46, 0x87,
        ]
        var reader = ByteReader(Bytes(frame[6..<23]))
        let motion = try SBP.Motion(payload: &reader)
        #expect(motion.timeOfWeek == 3_221_225_754)
        #expect(motion.acceleration == SBP.Axes(x: 96, y: -33, z: 4140))
        #expect(motion.rotation == SBP.Axes(x: 60, y: -304, z: -18))
    }
}
