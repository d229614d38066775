// Generated from Traces.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Traces")
struct TracesExampleTests {
    @Test("Order, example 1")
    func example1OfOrder() throws {
        let message = Traces.Order(item: "tea", parent: nil, key: "", newValue: "", baggage: nil)
        let frame: Bytes = [0x01, 0x00, 0x08, 0x03, 0x74, 0x65, 0x61, 0x00, 0x00, 0x00, 0x00]
        try expect(message, frame)
    }

    @Test("Order, example 2")
    func example2OfOrder() throws {
        let message = Traces.Order(item: "tea", parent: "a-b", key: "s", newValue: "t", baggage: "u")
        let frame: Bytes = [
            0x01, 0x00, 0x11, 0x03, 0x74, 0x65, 0x61, 0x01, 0x03, 0x61, 0x2D, 0x62, 0x01, 0x73, 0x01, 0x74,
            0x01, 0x00, 0x01, 0x75,
        ]
        try expect(message, frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Traces.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Traces.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Traces.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }
}
