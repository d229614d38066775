// Generated from Headers.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Headers")
struct HeadersExampleTests {
    @Test("Empty, example 1")
    func example1OfEmpty() throws {
        let message = Headers.Empty()
        let frame: Bytes = [
            0x80, 0x10, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01, 0xAA, 0xBB, 0xCC, 0x00, 0x00, 0x50, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xCE,
        ]
        try expect(message, frame)
    }

    @Test("Empty, malformed 1: Another magic.")
    func malformed1OfEmpty() {
        let frame: Bytes = [
            0x70, 0x10, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01, 0xAA, 0xBB, 0xCC, 0x00, 0x00, 0x50, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xCE,
        ]
        expectRefusal(of: Headers.Empty.self, frame: frame)
    }

    @Test("Empty, malformed 2: Another version.")
    func malformed2OfEmpty() {
        let frame: Bytes = [
            0x80, 0x10, 0x04, 0x00, 0x00, 0x00, 0x00, 0x01, 0xAA, 0xBB, 0xCC, 0x00, 0x00, 0x50, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xCE,
        ]
        expectRefusal(of: Headers.Empty.self, frame: frame)
    }

    @Test("Empty, malformed 3: A length in more bytes than it needs.")
    func malformed3OfEmpty() {
        let frame: Bytes = [
            0x80, 0x10, 0x03, 0x00, 0x80, 0x00, 0x00, 0x01, 0xAA, 0xBB, 0xCC, 0x00, 0x00, 0x50, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xCE,
        ]
        expectRefusal(of: Headers.Empty.self, frame: frame)
    }

    @Test("Empty, malformed 4: A level that is not 5.")
    func malformed4OfEmpty() {
        let frame: Bytes = [
            0x80, 0x10, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01, 0xAA, 0xBB, 0xCC, 0x00, 0x00, 0x60, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xCE,
        ]
        expectRefusal(of: Headers.Empty.self, frame: frame)
    }

    @Test("Empty, malformed 5: Another end.")
    func malformed5OfEmpty() {
        let frame: Bytes = [
            0x80, 0x10, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01, 0xAA, 0xBB, 0xCC, 0x00, 0x00, 0x50, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xCF,
        ]
        expectRefusal(of: Headers.Empty.self, frame: frame)
    }

    @Test("Empty, malformed 6: A wrong checksum.")
    func malformed6OfEmpty() {
        let frame: Bytes = [
            0x80, 0x10, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01, 0xAA, 0xBB, 0xCC, 0x00, 0x00, 0x50, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xCE,
        ]
        expectRefusal(of: Headers.Empty.self, frame: frame)
    }

    @Test("Parts, example 1")
    func example1OfParts() throws {
        let message = Headers.Parts(items: [1, 2], name: "ok", note: 9, extra: 8, quick: 119, data: [0x78])
        let frame: Bytes = [
            0x80, 0x2A, 0x03, 0x01, 0x0B, 0x01, 0x02, 0x03, 0xAA, 0xBB, 0xCC, 0x01, 0x00, 0x50, 0x02, 0x00,
            0x00, 0x05, 0x61, 0x62, 0x63, 0x64, 0x00, 0x00, 0x00, 0x07, 0x00, 0x01, 0x00, 0x02, 0x02, 0x6F,
            0x6B, 0x09, 0x08, 0x77, 0x78, 0x0B, 0x04, 0x3F, 0x58, 0xCE,
        ]
        var header = HeaderBytes()
        header.set(1 as UInt8, at: 0, .big)
        header.set(2 as UInt8, at: 1, .big)
        header.set(1 as UInt8, at: 2, .big)
        header.set(1 as UInt8, at: 3, .big)
        header.set(-3 as Int64, at: 7, .big)
        header.set([0x61, 0x62, 0x63, 0x64], at: 15, count: 4)
        header.set(7 as UInt32, at: 19, .big)
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
        try FrameEncoder(Headers.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Headers.frameFormat, from: M.sender)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload, header: found.header)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Headers.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Headers.frameFormat, from: M.sender)
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
        let maximum = M.maximumPayload ?? Headers.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader, header: header)
        }
    }
}
