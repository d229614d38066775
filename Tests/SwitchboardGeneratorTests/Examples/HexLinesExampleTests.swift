// Generated from HexLines.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of HexLines")
struct HexLinesExampleTests {
    @Test("Hello, example 1")
    func example1OfHello() throws {
        let message = HexLines.Hello(name: "a")
        let frame: Bytes = [0x3A, 0x34, 0x38, 0x36, 0x39, 0x36, 0x31, 0x0D, 0x0A]
        try expect(message, frame)
    }

    @Test("Hello, malformed 1: There is no colon.")
    func malformed1OfHello() {
        let frame: Bytes = [0x34, 0x38, 0x36, 0x39, 0x36, 0x31, 0x0D, 0x0A]
        expectRefusal(of: HexLines.Hello.self, frame: frame)
    }

    @Test("Hello, malformed 2: G is no digit.")
    func malformed2OfHello() {
        let frame: Bytes = [0x3A, 0x34, 0x38, 0x36, 0x39, 0x36, 0x47, 0x0D, 0x0A]
        expectRefusal(of: HexLines.Hello.self, frame: frame)
    }

    @Test("Hello, malformed 3: A digit is missing.")
    func malformed3OfHello() {
        let frame: Bytes = [0x3A, 0x34, 0x38, 0x36, 0x39, 0x36, 0x31, 0x36, 0x0D, 0x0A]
        expectRefusal(of: HexLines.Hello.self, frame: frame)
    }

    @Test("Read, example 1")
    func example1OfRead() throws {
        let message = HexLines.Read(start: 107)
        let frame: Bytes = [0x3A, 0x31, 0x31, 0x30, 0x33, 0x30, 0x30, 0x36, 0x42, 0x38, 0x31, 0x0D, 0x0A]
        var header = HeaderBytes()
        header.set(17 as UInt8, at: 0, .big)
        try expect(message, frame, header: header)
    }

    @Test("Read, malformed 1: The checksum is wrong.")
    func malformed1OfRead() {
        let frame: Bytes = [0x3A, 0x31, 0x31, 0x30, 0x33, 0x30, 0x30, 0x36, 0x42, 0x38, 0x32, 0x0D, 0x0A]
        expectRefusal(of: HexLines.Read.self, frame: frame)
    }

    @Test("Bye, example 1")
    func example1OfBye() throws {
        let message = HexLines.Bye()
        let frame: Bytes = [0x3A, 0x34, 0x32, 0x37, 0x39, 0x36, 0x35, 0x0D, 0x0A]
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
        try FrameEncoder(HexLines.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(HexLines.frameFormat.format(of: M.code))
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
        try FrameEncoder(HexLines.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(HexLines.frameFormat.format(of: M.code))
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
        let maximum = M.maximumPayload ?? HexLines.frameFormat.format(of: M.code).maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
