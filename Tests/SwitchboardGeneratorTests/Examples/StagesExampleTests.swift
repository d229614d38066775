// Generated from Stages.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Stages")
struct StagesExampleTests {
    @Test("ClientGreeting, example 1")
    func example1OfClientGreeting() throws {
        let message = Stages.ClientGreeting(name: "ada")
        let frame: Bytes = [0x48, 0x49, 0x03, 0x03, 0x61, 0x64, 0x61, 0x64]
        try expect(message, frame)
    }

    @Test("ClientGreeting, malformed 1: the magic of the server")
    func malformed1OfClientGreeting() {
        let frame: Bytes = [0x59, 0x4F, 0x03, 0x03, 0x61, 0x64, 0x61, 0x64]
        expectRefusal(of: Stages.ClientGreeting.self, frame: frame)
    }

    @Test("ClientGreeting, malformed 2: another version")
    func malformed2OfClientGreeting() {
        let frame: Bytes = [0x48, 0x49, 0x02, 0x03, 0x61, 0x64, 0x61, 0x65]
        expectRefusal(of: Stages.ClientGreeting.self, frame: frame)
    }

    @Test("ServerGreeting, example 1")
    func example1OfServerGreeting() throws {
        let message = Stages.ServerGreeting(load: 258)
        let frame: Bytes = [0x59, 0x4F, 0x03, 0x01, 0x02, 0x00]
        try expect(message, frame)
    }

    @Test("Upgrade, example 1")
    func example1OfUpgrade() throws {
        let message = Stages.Upgrade(level: 7)
        let frame: Bytes = [0x00, 0x00, 0x00, 0x08, 0x18, 0x00, 0x07, 0x07]
        try expect(message, frame)
    }

    @Test("Upgrade, malformed 1: the checksum of another payload")
    func malformed1OfUpgrade() {
        let frame: Bytes = [0x00, 0x00, 0x00, 0x08, 0x18, 0x00, 0x07, 0x06]
        expectRefusal(of: Stages.Upgrade.self, frame: frame)
    }

    @Test("Accepted, example 1")
    func example1OfAccepted() throws {
        let message = Stages.Accepted()
        let frame: Bytes = [0x59]
        try expect(message, frame)
    }

    @Test("Ask, example 1")
    func example1OfAsk() throws {
        let message = Stages.Ask(value: 42)
        let frame: Bytes = [0x01, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x2A, 0x0A]
        try expect(message, frame)
    }

    @Test("Tell, example 1")
    func example1OfTell() throws {
        let message = Stages.Tell(value: 42, option: nil)
        let frame: Bytes = [0x01, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x2A, 0x0A]
        try expect(message, frame)
    }

    @Test("Tell, example 2")
    func example2OfTell() throws {
        let message = Stages.Tell(value: 42, option: "x")
        let frame: Bytes = [0x01, 0x02, 0x00, 0x06, 0x00, 0x00, 0x00, 0x2A, 0x78, 0x0A]
        var header = HeaderBytes()
        header.set(2 as UInt8, at: 0, .big)
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
        try FrameEncoder(Stages.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Stages.frameFormat.format(of: M.code), from: M.sender)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload, header: found.header)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Stages.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Stages.frameFormat.format(of: M.code), from: M.sender)
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
        let maximum = M.maximumPayload ?? Stages.frameFormat.format(of: M.code).maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader, header: header)
        }
    }
}
