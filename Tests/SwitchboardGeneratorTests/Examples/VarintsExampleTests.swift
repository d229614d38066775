// Generated from Varints.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Varints")
struct VarintsExampleTests {
    @Test("Numbers, example 1")
    func example1OfNumbers() throws {
        let message = Varints.Numbers(asn1: 0, mysql: 0, midi: 0)
        let frame: Bytes = [0x01, 0x03, 0x00, 0x00, 0x00]
        try expect(message, frame)
    }

    @Test("Numbers, example 2")
    func example2OfNumbers() throws {
        let message = Varints.Numbers(asn1: 127, mysql: 250, midi: 127)
        let frame: Bytes = [0x01, 0x03, 0x7F, 0xFA, 0x7F]
        try expect(message, frame)
    }

    @Test("Numbers, example 3")
    func example3OfNumbers() throws {
        let message = Varints.Numbers(asn1: 128, mysql: 251, midi: 128)
        let frame: Bytes = [0x01, 0x07, 0x81, 0x80, 0xFC, 0xFB, 0x00, 0x81, 0x00]
        try expect(message, frame)
    }

    @Test("Numbers, example 4")
    func example4OfNumbers() throws {
        let message = Varints.Numbers(asn1: 256, mysql: 65_536, midi: 32_767)
        let frame: Bytes = [0x01, 0x0A, 0x82, 0x01, 0x00, 0xFD, 0x00, 0x00, 0x01, 0x81, 0xFF, 0x7F]
        try expect(message, frame)
    }

    @Test("Numbers, example 5")
    func example5OfNumbers() throws {
        let message = Varints.Numbers(
            asn1: 18_446_744_073_709_551_615,
            mysql: 18_446_744_073_709_551_615,
            midi: 18_446_744_073_709_551_615
        )
        let frame: Bytes = [
            0x01, 0x1C, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF,
            0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F,
        ]
        try expect(message, frame)
    }

    @Test("Numbers, malformed 1: The length fits in one byte.")
    func malformed1OfNumbers() {
        let frame: Bytes = [0x01, 0x81, 0x03, 0x00, 0x00, 0x00]
        expectRefusal(of: Varints.Numbers.self, frame: frame)
    }

    @Test("Numbers, malformed 2: The number fits in one byte.")
    func malformed2OfNumbers() {
        let payload: Bytes = [0x81, 0x7F, 0x00, 0x00]
        expectRefusal(of: Varints.Numbers.self, payload: payload)
    }

    @Test("Numbers, malformed 3: The number fits in two bytes.")
    func malformed3OfNumbers() {
        let payload: Bytes = [0x82, 0x00, 0x80, 0x00, 0x00]
        expectRefusal(of: Varints.Numbers.self, payload: payload)
    }

    @Test("Numbers, malformed 4: The number has no bytes.")
    func malformed4OfNumbers() {
        let payload: Bytes = [0x80, 0x00, 0x00]
        expectRefusal(of: Varints.Numbers.self, payload: payload)
    }

    @Test("Numbers, malformed 5: The number has nine bytes.")
    func malformed5OfNumbers() {
        let payload: Bytes = [0x89, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]
        expectRefusal(of: Varints.Numbers.self, payload: payload)
    }

    @Test("Numbers, malformed 6: The number fits in one byte.")
    func malformed6OfNumbers() {
        let payload: Bytes = [0x00, 0xFC, 0xFA, 0x00, 0x00]
        expectRefusal(of: Varints.Numbers.self, payload: payload)
    }

    @Test("Numbers, malformed 7: A number does not begin with 0xFB.")
    func malformed7OfNumbers() {
        let payload: Bytes = [0x00, 0xFB, 0x00]
        expectRefusal(of: Varints.Numbers.self, payload: payload)
    }

    @Test("Numbers, malformed 8: The number fits in three bytes.")
    func malformed8OfNumbers() {
        let payload: Bytes = [0x00, 0xFD, 0xFF, 0xFF, 0x00, 0x00]
        expectRefusal(of: Varints.Numbers.self, payload: payload)
    }

    @Test("Numbers, malformed 9: The first group of bits is 0.")
    func malformed9OfNumbers() {
        let payload: Bytes = [0x00, 0x00, 0x80, 0x01]
        expectRefusal(of: Varints.Numbers.self, payload: payload)
    }

    @Test("Numbers, malformed 10: The number has 65 bits.")
    func malformed10OfNumbers() {
        let payload: Bytes = [0x00, 0x00, 0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
        expectRefusal(of: Varints.Numbers.self, payload: payload)
    }

    @Test("Values, example 1")
    func example1OfValues() throws {
        let message = Varints.Values(text: "hi", items: [.name(name: "a"), .unrecognized(tag: 0x04, data: [])])
        let frame: Bytes = [0x02, 0x09, 0x02, 0x68, 0x69, 0x02, 0x02, 0x01, 0x61, 0x04, 0x00]
        try expect(message, frame)
    }

    @Test("Row, example 1")
    func example1OfRow() throws {
        let message = Varints.Row(columns: ["hi", nil, ""])
        let frame: Bytes = [0x03, 0x05, 0x02, 0x68, 0x69, 0xFB, 0x00]
        try expect(message, frame)
    }

    @Test("Row, malformed 1: The number 251 is not NULL, and its bytes are missing.")
    func malformed1OfRow() {
        let payload: Bytes = [0xFC, 0xFB, 0x00]
        expectRefusal(of: Varints.Row.self, payload: payload)
    }

    @Test("Row, malformed 2: No number begins with 0xFF.")
    func malformed2OfRow() {
        let payload: Bytes = [0xFF]
        expectRefusal(of: Varints.Row.self, payload: payload)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Varints.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Varints.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Varints.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Varints.frameFormat)
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
        let maximum = M.maximumPayload ?? Varints.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
