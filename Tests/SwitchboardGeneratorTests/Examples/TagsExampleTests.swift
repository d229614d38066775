// Generated from Tags.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Tags")
struct TagsExampleTests {
    @Test("Name, example 1")
    func example1OfName() throws {
        let message = Tags.Name(labels: [.text(text: "hi"), .pointer(offset: 12)])
        let frame: Bytes = [0x01, 0x00, 0x05, 0x02, 0x68, 0x69, 0xC0, 0x0C]
        try expect(message, frame)
    }

    @Test("Name, malformed 1: No label has the tag 1.")
    func malformed1OfName() {
        let payload: Bytes = [0x40, 0x00]
        expectRefusal(of: Tags.Name.self, payload: payload)
    }

    @Test("Name, malformed 2: An offset has 14 bits.")
    func malformed2OfName() {
        let payload: Bytes = [0xC0]
        expectRefusal(of: Tags.Name.self, payload: payload)
    }

    @Test("Name, malformed 3: The label is longer than the name.")
    func malformed3OfName() {
        let payload: Bytes = [0x03, 0x68, 0x69]
        expectRefusal(of: Tags.Name.self, payload: payload)
    }

    @Test("Items, example 1")
    func example1OfItems() throws {
        let message = Tags.Items(first: .nothing, others: [.wide(low: 5, number: 9)], last: .number(number: 7))
        let frame: Bytes = [
            0x02, 0x00, 0x11, 0x00, 0x00, 0x01, 0xC5, 0x00, 0x00, 0x00, 0x00, 0x09, 0x01, 0x01, 0x07, 0xBE,
            0xEF, 0x03, 0x6F, 0x6B,
        ]
        try expect(message, frame)
    }

    @Test("Items, malformed 1: The marker is always the same.")
    func malformed1OfItems() {
        let payload: Bytes = [0x00, 0x00, 0x00, 0x01, 0x01, 0x07, 0xBE, 0xEE, 0x03, 0x6F, 0x6B]
        expectRefusal(of: Tags.Items.self, payload: payload)
    }

    @Test("Items, malformed 2: The kind is always the same.")
    func malformed2OfItems() {
        let payload: Bytes = [0x00, 0x00, 0x00, 0x01, 0x01, 0x07, 0xBE, 0xEF, 0x02, 0x6F, 0x6B]
        expectRefusal(of: Tags.Items.self, payload: payload)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Tags.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Tags.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Tags.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `payload` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        payload: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let maximum = M.maximumPayload ?? Tags.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
