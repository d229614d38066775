// Generated from Wide.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Wide")
struct WideExampleTests {
    @Test("Say, example 1")
    func example1OfSay() throws {
        let message = Wide.Say(text: "hi", note: nil)
        let frame: Bytes = [0x01, 0x01, 0x02, 0x01, 0x02, 0x03, 0x04, 0x01, 0x00, 0x00, 0x02, 0x00, 0x68, 0x69]
        var header = HeaderBytes()
        header.set(2 as UInt8, at: 1, .big)
        header.setHasValue(true, at: 2)
        header.set(66051 as UInt32, at: 3, .big)
        try expect(message, frame, header: header)
    }

    @Test("Say, example 2")
    func example2OfSay() throws {
        let message = Wide.Say(text: "hi", note: 8)
        let frame: Bytes = [
            0x51, 0x01, 0x01, 0x00, 0x00, 0x05, 0x05, 0x01, 0x61, 0x62, 0x63, 0x64, 0x09, 0xFF, 0xFF, 0x80,
            0x00, 0x07, 0x00, 0x02, 0x00, 0x68, 0x69, 0x08,
        ]
        var header = HeaderBytes()
        header.set(1 as UInt8, at: 0, .big)
        header.set(1 as UInt8, at: 1, .big)
        header.setHasValue(true, at: 2)
        header.set(5 as UInt32, at: 3, .big)
        header.setHasValue(true, at: 7)
        header.set([0x61, 0x62, 0x63, 0x64], at: 8, count: 4)
        header.setHasValue(true, at: 12)
        header.set(9 as UInt8, at: 13, .big)
        header.setHasValue(true, at: 14)
        header.set(-1 as Int16, at: 15, .big)
        header.setHasValue(true, at: 17)
        header.set(128 as UInt16, at: 18, .big)
        header.set(7 as UInt16, at: 22, .big)
        try expect(message, frame, header: header)
    }

    @Test("Say, malformed 1: a long length for a short payload")
    func malformed1OfSay() {
        let frame: Bytes = [
            0x21, 0x01, 0x02, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x02, 0x00, 0x68,
            0x69,
        ]
        expectRefusal(of: Wide.Say.self, frame: frame)
    }

    @Test("Say, malformed 2: the magic of the server")
    func malformed2OfSay() {
        let frame: Bytes = [0x01, 0x01, 0x02, 0x01, 0x02, 0x03, 0x04, 0x02, 0x00, 0x00, 0x02, 0x00, 0x68, 0x69]
        expectRefusal(of: Wide.Say.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Wide.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Wide.frameFormat, from: M.sender)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload, header: found.header)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Wide.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Wide.frameFormat, from: M.sender)
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
        let maximum = M.maximumPayload ?? Wide.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader, header: header)
        }
    }
}
