// Generated from Seeds.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Seeds")
struct SeedsExampleTests {
    @Test("Start, example 1")
    func example1OfStart() throws {
        let message = Seeds.Start(mode: 5)
        let frame: Bytes = [0xFE, 0x00, 0x01, 0xE9, 0x39, 0x63, 0x25, 0x04, 0x00, 0x00, 0x00, 0x05, 0x5C, 0x68]
        var header = HeaderBytes()
        header.set(1 as UInt8, at: 0, .big)
        try expect(message, frame, header: header)
    }

    @Test("Start, malformed 1: The checksums lack the seed.")
    func malformed1OfStart() {
        let frame: Bytes = [0xFE, 0x00, 0x01, 0x64, 0x83, 0x57, 0x9A, 0x04, 0x00, 0x00, 0x00, 0x05, 0x12, 0xF7]
        expectRefusal(of: Seeds.Start.self, frame: frame)
    }

    @Test("Started, example 1")
    func example1OfStarted() throws {
        let message = Seeds.Started(name: "hi")
        let frame: Bytes = [0xFE, 0x00, 0x01, 0x5E, 0xED, 0x26, 0xFC, 0x02, 0x68, 0x69, 0x1B, 0x7A]
        var header = HeaderBytes()
        header.set(1 as UInt8, at: 0, .big)
        try expect(message, frame, header: header)
    }

    @Test("Stop, example 1")
    func example1OfStop() throws {
        let message = Seeds.Stop()
        let frame: Bytes = [0xFE, 0x01, 0x01, 0xD9, 0xB8, 0x32, 0x5D, 0x00, 0x92, 0xFF]
        var header = HeaderBytes()
        header.set(1 as UInt8, at: 0, .big)
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
        try FrameEncoder(Seeds.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Seeds.frameFormat, from: M.sender)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Seeds.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Seeds.frameFormat, from: M.sender)
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
        let maximum = M.maximumPayload ?? Seeds.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
