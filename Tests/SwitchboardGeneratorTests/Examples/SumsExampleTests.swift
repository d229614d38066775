// Generated from Sums.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Sums")
struct SumsExampleTests {
    @Test("Ping, example 1")
    func example1OfPing() throws {
        let message = Sums.Ping(nonce: 513)
        let frame: Bytes = [
            0xF9, 0xBE, 0xB4, 0xD9, 0x70, 0x69, 0x6E, 0x67, 0x00, 0x00, 0x76, 0xA5, 0x6A, 0xCE, 0x02, 0x01,
            0x02, 0xE3, 0x39, 0x7A, 0x1A, 0xF1, 0x42, 0xD9, 0x3A, 0x13, 0x21, 0x2C, 0x9A, 0xCE, 0xC3, 0xD9,
            0x9B, 0xBB, 0x6E, 0x96, 0x4C, 0x0A,
        ]
        try expect(message, frame)
    }

    @Test("Ping, malformed 1: The hash in the header is wrong.")
    func malformed1OfPing() {
        let frame: Bytes = [
            0xF9, 0xBE, 0xB4, 0xD9, 0x70, 0x69, 0x6E, 0x67, 0x00, 0x00, 0x76, 0xA5, 0x6A, 0xCF, 0x02, 0x01,
            0x02, 0xE3, 0x39, 0x7A, 0x1A, 0xF1, 0x42, 0xD9, 0x3A, 0x13, 0x21, 0x2C, 0x9A, 0xCE, 0xC3, 0xD9,
            0x9B, 0xBB, 0x6E, 0x96, 0x4C, 0x0A,
        ]
        expectRefusal(of: Sums.Ping.self, frame: frame)
    }

    @Test("Ping, malformed 2: The hash after the payload is wrong.")
    func malformed2OfPing() {
        let frame: Bytes = [
            0xF9, 0xBE, 0xB4, 0xD9, 0x70, 0x69, 0x6E, 0x67, 0x00, 0x00, 0x76, 0xA5, 0x6A, 0xCE, 0x02, 0x01,
            0x02, 0xE3, 0x39, 0x7A, 0x1A, 0xF1, 0x42, 0xD9, 0x3A, 0x13, 0x21, 0x2C, 0x9A, 0xCE, 0xC3, 0xD9,
            0x9B, 0xBB, 0x6E, 0x96, 0x4D, 0x0A,
        ]
        expectRefusal(of: Sums.Ping.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Sums.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Sums.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Sums.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Sums.frameFormat)
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
        let maximum = M.maximumPayload ?? Sums.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
