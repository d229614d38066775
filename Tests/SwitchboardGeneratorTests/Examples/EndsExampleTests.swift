// Generated from Ends.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Ends")
struct EndsExampleTests {
    @Test("Read, example 1")
    func example1OfRead() throws {
        let message = Ends.Read(address: 107, name: nil)
        let frame: Bytes = [0x11, 0x00, 0x00, 0x03, 0x00, 0x6B, 0xB2, 0xB5, 0x0D, 0x0A]
        var header = HeaderBytes()
        header.set(17 as UInt8, at: 0, .big)
        try expect(message, frame, header: header)
    }

    @Test("Read, example 2")
    func example2OfRead() throws {
        let message = Ends.Read(address: 107, name: "a")
        let frame: Bytes = [0x11, 0x01, 0x00, 0x03, 0x00, 0x6B, 0x01, 0x61, 0x65, 0xAF, 0x0D, 0x0A]
        var header = HeaderBytes()
        header.set(17 as UInt8, at: 0, .big)
        header.set(1 as UInt8, at: 1, .big)
        try expect(message, frame, header: header)
    }

    @Test("Read, malformed 1: the checksum of other bytes")
    func malformed1OfRead() {
        let frame: Bytes = [0x11, 0x00, 0x00, 0x03, 0x00, 0x6B, 0x64, 0xEB, 0x0D, 0x0A]
        expectRefusal(of: Ends.Read.self, frame: frame)
    }

    @Test("Values, example 1")
    func example1OfValues() throws {
        let message = Ends.Values(values: [1, 2])
        let frame: Bytes = [0x11, 0x00, 0x02, 0x03, 0x00, 0x01, 0x00, 0x02, 0x15, 0x28, 0x0D, 0x0A]
        var header = HeaderBytes()
        header.set(17 as UInt8, at: 0, .big)
        try expect(message, frame, header: header)
    }

    @Test("Stop, example 1")
    func example1OfStop() throws {
        let message = Ends.Stop()
        let frame: Bytes = [0x00, 0x00, 0x00, 0x04, 0x01, 0xE7, 0x0D, 0x0A]
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
        try FrameEncoder(Ends.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Ends.frameFormat, from: M.sender)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload, header: found.header)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Ends.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Ends.frameFormat, from: M.sender)
        guard
            case .frame(let found) = decoder.next(in: &reader), found.code == M.code,
            let payload = decoder.payload(of: found, in: &reader, { $0.readBytes(found.payloadSize) })
        else { return }
        expectRefusal(of: message, payload: payload, header: found.header, location)
    }

    /// Expects that `payload` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        payload: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) {
        let maximum = M.maximumPayload ?? Ends.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader, header: header)
        }
    }
}
