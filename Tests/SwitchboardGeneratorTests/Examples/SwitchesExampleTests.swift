// Generated from Switches.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Switches")
struct SwitchesExampleTests {
    @Test("Ask, example 1")
    func example1OfAsk() throws {
        let message = Switches.Ask()
        let frame: Bytes = [
            0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38,
            0x01, 0x00,
        ]
        try expect(message, frame)
    }

    @Test("Ask, malformed 1: the second half of the magic of servers")
    func malformed1OfAsk() {
        let frame: Bytes = [
            0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x39,
            0x01, 0x00,
        ]
        expectRefusal(of: Switches.Ask.self, frame: frame)
    }

    @Test("Ask, malformed 2: a kind that does not exist")
    func malformed2OfAsk() {
        let frame: Bytes = [
            0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38,
            0x03, 0x00,
        ]
        expectRefusal(of: Switches.Ask.self, frame: frame)
    }

    @Test("Answered, example 1")
    func example1OfAnswered() throws {
        let message = Switches.Answered()
        let frame: Bytes = [
            0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x39,
            0x02, 0x00,
        ]
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
        try FrameEncoder(Switches.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Switches.frameFormat, from: M.sender)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Switches.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Switches.frameFormat, from: M.sender)
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
        let maximum = M.maximumPayload ?? Switches.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
