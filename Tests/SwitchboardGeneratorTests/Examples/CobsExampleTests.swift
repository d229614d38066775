// Generated from Cobs.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Cobs")
struct CobsExampleTests {
    @Test("Packet, example 1")
    func example1OfPacket() throws {
        let message = Cobs.Packet(data: [0x00, 0x00, 0x01])
        let frame: Bytes = [0x01, 0x01, 0x02, 0x01, 0x00]
        try expect(message, frame)
    }

    @Test("Packet, example 2")
    func example2OfPacket() throws {
        let message = Cobs.Packet(data: [0x68, 0x65, 0x6C, 0x6C, 0x6F])
        let frame: Bytes = [0x06, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x00]
        try expect(message, frame)
    }

    @Test("Packet, malformed 1: The last block is too long.")
    func malformed1OfPacket() {
        let frame: Bytes = [0x05, 0x01, 0x02, 0x00]
        expectRefusal(of: Cobs.Packet.self, frame: frame)
    }

    @Test("Packet, malformed 2: An empty frame.")
    func malformed2OfPacket() {
        let frame: Bytes = [0x01, 0x00]
        expectRefusal(of: Cobs.Packet.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Cobs.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(Cobs.frameFormat)
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
        try FrameEncoder(Cobs.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(Cobs.frameFormat)
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
        let maximum = M.maximumPayload ?? Cobs.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
