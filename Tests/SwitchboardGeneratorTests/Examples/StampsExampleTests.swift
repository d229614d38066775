// Generated from Stamps.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Stamps")
struct StampsExampleTests {
    @Test("Note, example 1")
    func example1OfNote() throws {
        let message = Stamps.Note(text: "hi")
        let frame: Bytes = [0x05, 0x68, 0x69, 0x85, 0xFF, 0xFF, 0x00, 0x00, 0x07, 0xC0]
        var header = HeaderBytes()
        header.set(-1 as Int16, at: 5, .big)
        try expect(message, frame, header: header)
    }

    @Test("Note, example 2")
    func example2OfNote() throws {
        let message = Stamps.Note(text: "")
        let frame: Bytes = [0x85, 0xDB, 0xDD, 0xDB, 0xDC, 0x00, 0x00, 0x92, 0x03, 0x00, 0x00, 0x00, 0x07, 0xC0]
        var header = HeaderBytes()
        header.setHasValue(true, at: 0)
        header.set(49371 as UInt32, at: 1, .big)
        header.set(3 as Int16, at: 5, .big)
        try expect(message, frame, header: header)
    }

    @Test("Note, malformed 1: The last byte of the trailer has another value.")
    func malformed1OfNote() {
        let frame: Bytes = [0x05, 0x68, 0x69, 0x85, 0xFF, 0xFF, 0x00, 0x00, 0x08, 0xC0]
        expectRefusal(of: Stamps.Note.self, frame: frame)
    }

    @Test("Note, malformed 2: The frame ends within its trailer.")
    func malformed2OfNote() {
        let frame: Bytes = [0x05, 0x07, 0xC0]
        expectRefusal(of: Stamps.Note.self, frame: frame)
    }

    @Test("Move, example 1")
    func example1OfMove() throws {
        let message = Stamps.Move(distance: -2)
        let frame: Bytes = [0x06, 0xFE, 0xFF, 0x4C, 0xFF, 0xFF, 0x00, 0x00, 0x07, 0xC0]
        var header = HeaderBytes()
        header.set(-1 as Int16, at: 5, .big)
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
        try FrameEncoder(Stamps.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(Stamps.frameFormat)
        guard case .whole(let content) = decoder.content(in: &stream) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        var reader = ByteReader(content)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Stamps.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(Stamps.frameFormat)
        guard case .whole(let content) = decoder.content(in: &stream) else {
            return
        }
        var reader = ByteReader(content)
        guard
            case .frame(let found) = decoder.next(in: &reader), found.code == M.code,
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
        let maximum = M.maximumPayload ?? Stamps.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
