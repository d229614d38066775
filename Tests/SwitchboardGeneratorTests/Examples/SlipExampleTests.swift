// Generated from Slip.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Slip")
struct SlipExampleTests {
    @Test("Ask, example 1")
    func example1OfAsk() throws {
        let message = Slip.Ask(text: [0xC0, 0xDB, 0xDC], level: 3)
        let frame: Bytes = [
            0xAB, 0x01, 0xDB, 0xDC, 0xDB, 0xDD, 0x00, 0x05, 0x03, 0xDB, 0xDC, 0xDB, 0xDD, 0xDC, 0x03, 0xE1,
            0xD1, 0x8A, 0xC1, 0xC0,
        ]
        var header = HeaderBytes()
        header.set(49371 as UInt16, at: 0, .big)
        try expect(message, frame, header: header)
    }

    @Test("Ask, malformed 1: The length counts another byte.")
    func malformed1OfAsk() {
        let frame: Bytes = [0xAB, 0x01, 0x00, 0x07, 0x00, 0x02, 0xDB, 0xDC, 0x27, 0x19, 0x13, 0xC4, 0xC0]
        expectRefusal(of: Slip.Ask.self, frame: frame)
    }

    @Test("Ask, malformed 2: The second byte of an escape is wrong.")
    func malformed2OfAsk() {
        let frame: Bytes = [0xAB, 0x01, 0xDB, 0x01, 0x00]
        expectRefusal(of: Slip.Ask.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Slip.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(Slip.frameFormat)
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
        try FrameEncoder(Slip.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(Slip.frameFormat)
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
        let maximum = M.maximumPayload ?? Slip.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
