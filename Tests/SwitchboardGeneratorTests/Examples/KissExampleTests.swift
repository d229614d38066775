// Generated from Kiss.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Kiss")
struct KissExampleTests {
    @Test("Data, example 1")
    func example1OfData() throws {
        let message = Kiss.Data(data: [0xC0, 0xDB])
        let frame: Bytes = [0xC0, 0x00, 0xDB, 0xDC, 0xDB, 0xDD, 0xC0]
        try expect(message, frame)
    }

    @Test("Data, example 2")
    func example2OfData() throws {
        let message = Kiss.Data(data: [0x01])
        let frame: Bytes = [0xC0, 0x50, 0x01, 0xC0]
        var header = HeaderBytes()
        header.set(5 as UInt8, at: 0, .big)
        try expect(message, frame, header: header)
    }

    @Test("Data, example 3")
    func example3OfData() throws {
        let message = Kiss.Data(data: [])
        let frame: Bytes = [0xC0, 0x00, 0xC0]
        try expect(message, frame)
    }

    @Test("Data, malformed 1: An escape at the end.")
    func malformed1OfData() {
        let frame: Bytes = [0xC0, 0x00, 0xDB, 0xC0]
        expectRefusal(of: Kiss.Data.self, frame: frame)
    }

    @Test("Data, malformed 2: An escape after an escape.")
    func malformed2OfData() {
        let frame: Bytes = [0xC0, 0x00, 0xDB, 0xDB, 0xDC, 0xC0]
        expectRefusal(of: Kiss.Data.self, frame: frame)
    }

    @Test("Data, malformed 3: There is no delimiter at the end.")
    func malformed3OfData() {
        let frame: Bytes = [0xC0, 0x00, 0x00]
        expectRefusal(of: Kiss.Data.self, frame: frame)
    }

    @Test("Delay, example 1")
    func example1OfDelay() throws {
        let message = Kiss.Delay(delay: 5, unit: nil)
        let frame: Bytes = [0xC0, 0x01, 0x05, 0xC0]
        try expect(message, frame)
    }

    @Test("Delay, example 2")
    func example2OfDelay() throws {
        let message = Kiss.Delay(delay: 5, unit: 258)
        let frame: Bytes = [0xC0, 0x01, 0x05, 0x01, 0x02, 0xC0]
        try expect(message, frame)
    }

    @Test("Delay, malformed 1: The delay is missing.")
    func malformed1OfDelay() {
        let frame: Bytes = [0xC0, 0x01, 0xC0]
        expectRefusal(of: Kiss.Delay.self, frame: frame)
    }

    @Test("Delay, malformed 2: A byte of the unit is missing.")
    func malformed2OfDelay() {
        let frame: Bytes = [0xC0, 0x01, 0x05, 0x01, 0xC0]
        expectRefusal(of: Kiss.Delay.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Kiss.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(Kiss.frameFormat)
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
        try FrameEncoder(Kiss.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(Kiss.frameFormat)
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
        let maximum = M.maximumPayload ?? Kiss.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
