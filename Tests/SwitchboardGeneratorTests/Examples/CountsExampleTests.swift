// Generated from Counts.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Counts")
struct CountsExampleTests {
    @Test("Note, example 1")
    func example1OfNote() throws {
        let message = Counts.Note(text: "hi")
        let frame: Bytes = [
            0xAB, 0x01, 0xAC, 0x02, 0x00, 0x05, 0x90, 0x68, 0x69, 0x30, 0xE8, 0x0F, 0x95, 0x50, 0x0C, 0x1E,
            0x21, 0x0D, 0x0A,
        ]
        var header = HeaderBytes()
        header.set(300 as UInt64, at: 0, .big)
        header.set(9 as UInt8, at: 8, .big)
        try expect(message, frame, header: header)
    }

    @Test("Note, malformed 1: The length counts itself.")
    func malformed1OfNote() {
        let frame: Bytes = [
            0xAB, 0x01, 0xAC, 0x02, 0x00, 0x02, 0x90, 0x68, 0x69, 0x30, 0xE8, 0x0F, 0x95, 0x50, 0x0C, 0x1E,
            0x21, 0x0D, 0x0A,
        ]
        expectRefusal(of: Counts.Note.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Counts.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Counts.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Counts.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Counts.frameFormat)
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
        let maximum = M.maximumPayload ?? Counts.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
