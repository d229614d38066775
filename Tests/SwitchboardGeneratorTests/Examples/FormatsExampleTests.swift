// Generated from Formats.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Formats")
struct FormatsExampleTests {
    @Test("Start, example 1")
    func example1OfStart() throws {
        let message = Formats.Start()
        let frame: Bytes = [0x68, 0x04, 0x07, 0x00, 0x00, 0x00]
        try expect(message, frame)
    }

    @Test("Start, malformed 1: a length that is too short")
    func malformed1OfStart() {
        let frame: Bytes = [0x68, 0x03, 0x07, 0x00, 0x00, 0x00]
        expectRefusal(of: Formats.Start.self, frame: frame)
    }

    @Test("Acknowledge, example 1")
    func example1OfAcknowledge() throws {
        let message = Formats.Acknowledge()
        let frame: Bytes = [0x68, 0x04, 0x01, 0x00, 0x10, 0x00]
        var header = HeaderBytes()
        header.setHasValue(true, at: 3)
        header.set(8 as UInt16, at: 4, .big)
        try expect(message, frame, header: header)
    }

    @Test("Measure, example 1")
    func example1OfMeasure() throws {
        let message = Formats.Measure(level: -1, first: nil, second: nil, third: nil, size: nil, data: [])
        let frame: Bytes = [0x68, 0x06, 0x04, 0x00, 0x06, 0x00, 0x64, 0xFF]
        var header = HeaderBytes()
        header.setHasValue(true, at: 0)
        header.set(2 as UInt16, at: 1, .big)
        header.setHasValue(true, at: 3)
        header.set(3 as UInt16, at: 4, .big)
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
        try FrameEncoder(Formats.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Formats.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Formats.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Formats.frameFormat)
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
        let maximum = M.maximumPayload ?? Formats.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
