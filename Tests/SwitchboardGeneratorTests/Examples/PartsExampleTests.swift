// Generated from Parts.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Parts")
struct PartsExampleTests {
    @Test("Ping, example 1")
    func example1OfPing() throws {
        let message = Parts.Ping(text: "hi")
        let frame: Bytes = [0x07, 0x00, 0x00, 0x07, 0x01, 0x72, 0xA1, 0x68, 0x69, 0x03, 0x99]
        var header = HeaderBytes()
        header.set(7 as UInt8, at: 0, .big)
        header.set(5 as UInt8, at: 1, .big)
        try expect(message, frame, header: header)
    }

    @Test("Ping, malformed 1: The length counts the checksum after the payload.")
    func malformed1OfPing() {
        let frame: Bytes = [0x04, 0x00, 0x00, 0x07, 0x01, 0x72, 0xA1, 0x68, 0x69, 0x03, 0x99]
        expectRefusal(of: Parts.Ping.self, frame: frame)
    }

    @Test("Ping, malformed 2: The checksum in the header is wrong.")
    func malformed2OfPing() {
        let frame: Bytes = [0x07, 0x00, 0x00, 0x07, 0x01, 0x73, 0xA1, 0x68, 0x69, 0x03, 0x99]
        expectRefusal(of: Parts.Ping.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Parts.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Parts.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Parts.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Parts.frameFormat)
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
        let maximum = M.maximumPayload ?? Parts.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
