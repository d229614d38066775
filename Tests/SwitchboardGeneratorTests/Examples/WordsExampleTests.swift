// Generated from Words.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Words")
struct WordsExampleTests {
    @Test("Version, example 1")
    func example1OfVersion() throws {
        let message = Words.Version(number: 2571)
        let frame: Bytes = [
            0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x20, 0x77, 0x6F, 0x72, 0x6C, 0x64, 0xFD, 0x76, 0x65, 0x72, 0x73,
            0x69, 0x6F, 0x6E, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
            0x05, 0x00, 0x00, 0x00, 0x00, 0x32, 0x00, 0x00, 0x01, 0x0B, 0x0A, 0x00, 0x00, 0x62, 0x79, 0x65,
            0x1A, 0xEC,
        ]
        var header = HeaderBytes()
        header.set(1 as UInt8, at: 0, .big)
        header.set(-1 as Int8, at: 1, .big)
        header.set([0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01], at: 2, count: 12)
        header.set(5 as UInt64, at: 14, .big)
        header.set(1 as UInt8, at: 22, .big)
        try expect(message, frame, header: header)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Words.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Words.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Words.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }
}
