// Generated from References.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of References")
struct ReferencesExampleTests {
    @Test("Store, example 1")
    func example1OfStore() throws {
        let message = References.Store(items: [1, 2], name: "abc", data: [0x01, 0x02])
        let frame: Bytes = [
            0xA5, 0x01, 0x01, 0x00, 0x02, 0x00, 0x10, 0x04, 0x00, 0x09, 0x00, 0x01, 0x00, 0x02, 0x61, 0x62,
            0x63, 0x01, 0x02, 0xDA, 0xEA, 0x75, 0x39,
        ]
        var header = HeaderBytes()
        header.set(1 as UInt8, at: 2, .big)
        header.set(9 as UInt16, at: 8, .big)
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
        try FrameEncoder(References.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(References.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload, header: found.header)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(References.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }
}
