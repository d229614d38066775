import SwitchboardWire
import Testing

@Suite("A run of frames")
struct FrameRunTests {
    /// A frame that was found, or what was found in its place.
    private enum Found: Hashable {
        case frame(MessageCode, [UInt8])
        case skipped(Fault)
        case end(FrameDecoder.Outcome)
    }

    /// Random numbers that are the same each time.
    private struct RandomNumbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    private static func hasOwnFields(_ format: FrameFormat) -> Bool {
        format.header.contains { field in
            switch field {
            case .field, .correlation: true
            default: false
            }
        }
    }

    /// What is in `bytes`, found with runs of at most `limit` frames, and how many frames were found by the decoder itself.
    private static func find(_ bytes: Bytes, _ format: FrameFormat, limit: Int) -> (found: [Found], decoded: Int) {
        let decoder = FrameDecoder(format)
        var reader = ByteReader(bytes)
        var found: [Found] = []
        var decoded = 0
        while true {
            switch decoder.next(in: &reader) {
            case .frame(let frame):
                decoded += 1
                var run = decoder.run(from: frame, in: &reader, limit: limit)
                repeat {
                    let payload = run.payload(in: &reader) { $0.readBytes($0.remaining) ?? Bytes() }
                    found.append(.frame(frame.code, Array(payload)))
                } while run.next(in: reader)
            case .skipped(let fault): found.append(.skipped(fault))
            case let end: return (found + [.end(end)], decoded)
            }
        }
    }

    @Test("has the frames that a decoder finds one by one, whatever follows what")
    func sameFrames() {
        var random = RandomNumbers(state: 1)
        for format in FrameFormatTests.all {
            for _ in 0..<4 {
                var bytes: [UInt8] = []
                var frame = ReferenceFrame(format: format)
                for _ in 0..<Int.random(in: 0..<12, using: &random) {
                    // Most are like the one before.
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        frame.code = .random(in: 0..<3, using: &random)
                        frame.payload = Array(repeating: 0, count: .random(in: 0..<40, using: &random))
                    }
                    for index in frame.payload.indices { frame.payload[index] = .random(in: 0...255, using: &random) }
                    frame.extra = (0..<5).map { _ in .random(in: 0..<2, using: &random) }
                    var one = Array(frame.bytes)
                    if Int.random(in: 0..<10, using: &random) == 0 {
                        one[Int.random(in: one.indices, using: &random)] ^= 1
                    }
                    bytes += one
                }
                bytes.removeLast(min(.random(in: 0..<3, using: &random), bytes.count))
                let limit = Int.random(in: 2..<6, using: &random)
                let found = Self.find(Bytes(bytes), format, limit: limit).found
                #expect(found == Self.find(Bytes(bytes), format, limit: 1).found)
            }
        }
    }

    @Test("goes on as far as frames have the same header, and no further than its limit")
    func length() {
        for format in FrameFormatTests.all where !Self.hasOwnFields(format) {
            var frame = ReferenceFrame(format: format, code: 1, payload: [1, 2, 3])
            var bytes = Array(frame.bytes)
            frame.payload = [4, 5, 6]
            for _ in 0..<9 { bytes += Array(frame.bytes) }
            #expect(Self.find(Bytes(bytes), format, limit: .max).decoded == 1)
            #expect(Self.find(Bytes(bytes), format, limit: 5).decoded == 2)
            frame.payload = [7, 8, 9, 0]
            #expect(Self.find(Bytes(bytes + Array(frame.bytes)), format, limit: .max).decoded == 2)
        }
    }

    @Test("has one frame where headers have fields of their own")
    func extraFields() {
        for format in FrameFormatTests.all where Self.hasOwnFields(format) {
            let frame = Array(ReferenceFrame(format: format, code: 1, payload: [1], extra: [7, 7, 7, 7, 7]).bytes)
            #expect(Self.find(Bytes(frame + frame), format, limit: .max).decoded == 2)
        }
    }

    @Test("can go back to its last frame")
    func rewind() throws {
        let frame = Array(ReferenceFrame(format: .sample, code: 1, payload: [1, 2]).bytes)
        let other = Array(ReferenceFrame(format: .sample, code: 1, payload: [3, 4]).bytes)
        let decoder = FrameDecoder(.sample)
        var reader = ByteReader(Bytes(frame + other))
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no frame")
            return
        }
        var run = decoder.run(from: found, in: &reader, limit: .max)
        run.payload(in: &reader) { _ in }
        let hasNext = run.next(in: reader)
        #expect(hasNext)
        let last = run.payload(in: &reader) { $0.readBytes(2) }
        #expect(last == [3, 4])
        run.rewind(&reader)
        let again = run.payload(in: &reader) { $0.readBytes(2) }
        #expect(again == [3, 4])
        #expect(reader.remaining == 0)
    }
}
