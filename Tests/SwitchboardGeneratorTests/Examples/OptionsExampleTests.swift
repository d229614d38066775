// Generated from Options.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Options")
struct OptionsExampleTests {
    @Test("Row, example 1")
    func example1OfRow() throws {
        let message = Options.Row(
            hasName: true,
            access: [],
            kind: 0,
            name: nil,
            id: nil,
            note: nil,
            numbers: nil,
            data: nil
        )
        let frame: Bytes = [0x01, 0x00, 0x06, 0x80, 0x00, 0xFF, 0xFF, 0xFF, 0xFF]
        try expect(message, frame)
    }

    @Test("Row, example 2")
    func example2OfRow() throws {
        let message = Options.Row(
            hasName: true,
            access: [],
            kind: 3,
            name: "hi",
            id: 7,
            note: nil,
            numbers: nil,
            data: [0x21]
        )
        let frame: Bytes = [
            0x01, 0x00, 0x0F, 0x83, 0x01, 0x02, 0x68, 0x69, 0x01, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00,
            0x01, 0x21,
        ]
        try expect(message, frame)
    }

    @Test("Row, example 3")
    func example3OfRow() throws {
        let message = Options.Row(
            hasName: false,
            access: [],
            kind: 3,
            name: nil,
            id: nil,
            note: nil,
            numbers: nil,
            data: nil
        )
        let frame: Bytes = [0x01, 0x00, 0x02, 0x03, 0x00]
        try expect(message, frame)
    }

    @Test("Row, malformed 1: A name is there or not.")
    func malformed1OfRow() {
        let payload: Bytes = [0x80, 0x02, 0xFF, 0xFF, 0xFF, 0xFF]
        expectRefusal(of: Options.Row.self, payload: payload)
    }

    @Test("Values, example 1")
    func example1OfValues() throws {
        let message = Options.Values(key: nil, counts: nil, value: nil, parts: [])
        let frame: Bytes = [0x02, 0x00, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00]
        try expect(message, frame)
    }

    @Test("Values, example 2")
    func example2OfValues() throws {
        let message = Options.Values(key: [0x21], counts: [5], value: "hi", parts: [[], [0x2A], nil])
        let frame: Bytes = [
            0x02, 0x00, 0x10, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x21, 0x02, 0x05, 0x68, 0x69, 0x03, 0x00,
            0x01, 0x2A, 0xFF,
        ]
        try expect(message, frame)
    }

    @Test("Values, malformed 1: Only -1 and 0 say that there is no key.")
    func malformed1OfValues() {
        let payload: Bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0x00, 0x00]
        expectRefusal(of: Options.Values.self, payload: payload)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Options.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Options.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Options.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `payload` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        payload: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let maximum = M.maximumPayload ?? Options.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
