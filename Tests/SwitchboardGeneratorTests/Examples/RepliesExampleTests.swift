// Generated from Replies.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Replies")
struct RepliesExampleTests {
    @Test("Find, example 1")
    func example1OfFind() throws {
        let message = Replies.Find(topic: "one")
        let frame: Bytes = [
            0x00, 0x00, 0x00, 0x0E, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x07, 0x00, 0x03, 0x6F,
            0x6E, 0x65,
        ]
        var header = HeaderBytes()
        header.set(3 as UInt8, at: 0, .big)
        header.set(7 as UInt32, at: 1, .big)
        try expect(message, frame, header: header)
    }

    @Test("Found, example 1")
    func example1OfFound() throws {
        let message = Replies.Found(error: 0, places: [258])
        let frame: Bytes = [0x00, 0x05, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x02, 0x10]
        var header = HeaderBytes()
        header.set(7 as UInt32, at: 1, .big)
        try expect(message, frame, header: header)
    }

    @Test("Found, malformed 1: a wrong checksum")
    func malformed1OfFound() {
        let frame: Bytes = [0x00, 0x05, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x02, 0x11]
        expectRefusal(of: Replies.Found.self, frame: frame)
    }

    @Test("Found, malformed 2: a place is missing")
    func malformed2OfFound() {
        let frame: Bytes = [0x00, 0x05, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x01, 0x02, 0x11]
        expectRefusal(of: Replies.Found.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Replies.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Replies.frameFormat.format(of: M.code))
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect([M.code, .ofReply].contains(found.code), sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Replies.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Replies.frameFormat.format(of: M.code))
        guard
            case .frame(let found) = decoder.next(in: &reader), [M.code, .ofReply].contains(found.code),
            let payload = decoder.payload(of: found, in: &reader, { $0.readBytes(found.payloadSize) })
        else { return }
        expectRefusal(of: message, payload: payload, location)
    }

    /// Expects that `payload` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        payload: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let maximum = M.maximumPayload ?? Replies.frameFormat.format(of: M.code).maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
