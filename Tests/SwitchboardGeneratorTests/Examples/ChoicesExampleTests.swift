// Generated from Choices.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Choices")
struct ChoicesExampleTests {
    @Test("Command, example 1")
    func example1OfCommand() throws {
        let message = Choices.Command(parameters: [])
        let frame: Bytes = [0x01, 0x03, 0x0C, 0x00]
        var header = HeaderBytes()
        header.setHasValue(true, at: 0)
        header.set(3075 as UInt16, at: 1, .big)
        try expect(message, frame, header: header)
    }

    @Test("Command, example 2")
    func example2OfCommand() throws {
        let message = Choices.Command(parameters: [0x01, 0x02])
        let frame: Bytes = [0x01, 0x05, 0x0C, 0x02, 0x01, 0x02]
        var header = HeaderBytes()
        header.setHasValue(true, at: 0)
        header.set(3077 as UInt16, at: 1, .big)
        try expect(message, frame, header: header)
    }

    @Test("Command, malformed 1: The payload has the wrong length.")
    func malformed1OfCommand() {
        let frame: Bytes = [0x01, 0x03, 0x0C, 0x02, 0x00]
        expectRefusal(of: Choices.Command.self, frame: frame)
    }

    @Test("Data, example 1")
    func example1OfData() throws {
        let message = Choices.Data(data: [0x61, 0x62, 0x63])
        let frame: Bytes = [0x02, 0x40, 0x20, 0x03, 0x00, 0x61, 0x62, 0x63]
        var header = HeaderBytes()
        header.setHasValue(true, at: 3)
        header.set(64 as UInt16, at: 4, .big)
        header.setHasValue(true, at: 6)
        header.set(2 as UInt8, at: 7, .big)
        try expect(message, frame, header: header)
    }

    @Test("Voice, example 1")
    func example1OfVoice() throws {
        let message = Choices.Voice(samples: [1, -1])
        let frame: Bytes = [0x03, 0x40, 0x00, 0x02, 0x01, 0xFF]
        var header = HeaderBytes()
        header.setHasValue(true, at: 3)
        header.set(64 as UInt16, at: 4, .big)
        header.setHasValue(true, at: 6)
        try expect(message, frame, header: header)
    }

    @Test("Event, example 1")
    func example1OfEvent() throws {
        let message = Choices.Event(origin: 1, level: nil, number: nil, parameters: [0x03, 0x0C, 0x00])
        let frame: Bytes = [0x04, 0x0E, 0x04, 0x01, 0x03, 0x0C, 0x00]
        var header = HeaderBytes()
        header.setHasValue(true, at: 8)
        header.set(14 as UInt8, at: 9, .big)
        try expect(message, frame, header: header)
    }

    @Test("Event, example 2")
    func example2OfEvent() throws {
        let message = Choices.Event(origin: 2, level: 5, number: -1, parameters: [0xFF])
        let frame: Bytes = [0x04, 0x0E, 0x05, 0x02, 0x05, 0xFE, 0xFF, 0xFF]
        var header = HeaderBytes()
        header.setHasValue(true, at: 8)
        header.set(14 as UInt8, at: 9, .big)
        try expect(message, frame, header: header)
    }

    @Test("Event, malformed 1: The second part of the number is missing.")
    func malformed1OfEvent() {
        let frame: Bytes = [0x04, 0x0E, 0x03, 0x02, 0x05, 0xFE]
        expectRefusal(of: Choices.Event.self, frame: frame)
    }

    @Test("Event, malformed 2: The level is too high.")
    func malformed2OfEvent() {
        let frame: Bytes = [0x04, 0x0E, 0x04, 0x03, 0x06, 0xFE, 0xFF]
        expectRefusal(of: Choices.Event.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Choices.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Choices.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Choices.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Choices.frameFormat)
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
        let maximum = M.maximumPayload ?? Choices.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
