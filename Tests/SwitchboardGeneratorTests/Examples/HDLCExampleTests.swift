// Generated from HDLC.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of HDLC")
struct HDLCExampleTests {
    @Test("LCP, example 1")
    func example1OfLCP() throws {
        let message = HDLC.LCP(data: [0x7E, 0x7D, 0x01, 0x7E])
        let frame: Bytes = [0x7E, 0xFF, 0x03, 0xC0, 0x21, 0x7D, 0x5E, 0x7D, 0x5D, 0x01, 0x7D, 0x5E, 0x13, 0xBD, 0x7E]
        try expect(message, frame)
    }

    @Test("LCP, malformed 1: The frame is aborted.")
    func malformed1OfLCP() {
        let frame: Bytes = [0x7E, 0xFF, 0x03, 0xC0, 0x21, 0x01, 0x7D, 0x7E]
        expectRefusal(of: HDLC.LCP.self, frame: frame)
    }

    @Test("LCP, malformed 2: The checksum is wrong.")
    func malformed2OfLCP() {
        let frame: Bytes = [0x7E, 0xFF, 0x03, 0xC0, 0x21, 0x7D, 0x5E, 0x7D, 0x5D, 0x01, 0x7D, 0x5E, 0x13, 0xBE, 0x7E]
        expectRefusal(of: HDLC.LCP.self, frame: frame)
    }

    @Test("LCP, malformed 3: It does not begin with the address and the control.")
    func malformed3OfLCP() {
        let frame: Bytes = [0x7E, 0xFF, 0x02, 0xC0, 0x21, 0x7D, 0x5E, 0x7D, 0x5D, 0x01, 0x7D, 0x5E, 0x13, 0xBD, 0x7E]
        expectRefusal(of: HDLC.LCP.self, frame: frame)
    }

    @Test("IP, example 1")
    func example1OfIP() throws {
        let message = HDLC.IP(packet: [])
        let frame: Bytes = [0x7E, 0xFF, 0x03, 0x00, 0x21, 0xE3, 0xE6, 0x7E]
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
        try FrameEncoder(HDLC.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(HDLC.frameFormat)
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
        try FrameEncoder(HDLC.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var stream = ByteReader(frame)
        let decoder = FrameDecoder(HDLC.frameFormat)
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
        let maximum = M.maximumPayload ?? HDLC.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
