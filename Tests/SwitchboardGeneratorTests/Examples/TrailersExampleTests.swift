// Generated from Trailers.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Trailers")
struct TrailersExampleTests {
    @Test("Ask, example 1")
    func example1OfAsk() throws {
        let message = Trailers.Ask(text: "hi")
        let frame: Bytes = [0xFD, 0x01, 0x00, 0x01, 0x05, 0x00, 0x09, 0x68, 0x69, 0x09, 0x4D, 0x47, 0x0D, 0x0A]
        var header = HeaderBytes()
        header.set(1 as UInt8, at: 0, .big)
        header.set(5 as UInt8, at: 3, .big)
        header.set(9 as UInt8, at: 4, .big)
        try expect(message, frame, header: header)
    }

    @Test("Ask, example 2")
    func example2OfAsk() throws {
        let message = Trailers.Ask(text: "hi")
        let frame: Bytes = [
            0xFD, 0x01, 0x03, 0x02, 0x04, 0x05, 0x00, 0x0A, 0x68, 0x69, 0x09, 0x80, 0x01, 0x98, 0xBE, 0x03,
            0x03, 0x02, 0x01, 0xAA, 0xBB, 0x0D, 0x0A, 0xFF, 0xFF,
        ]
        var header = HeaderBytes()
        header.set(2 as UInt8, at: 0, .big)
        header.setHasValue(true, at: 1)
        header.set(4 as UInt8, at: 2, .big)
        header.set(5 as UInt8, at: 3, .big)
        header.set(9 as UInt8, at: 4, .big)
        header.setHasValue(true, at: 5)
        header.set(32769 as UInt16, at: 6, .big)
        header.setHasValue(true, at: 8)
        header.set(3 as UInt8, at: 9, .big)
        header.setHasValue(true, at: 10)
        header.set(66051 as UInt32, at: 11, .big)
        header.setHasValue(true, at: 15)
        header.set([0xAA, 0xBB], at: 16, count: 2)
        header.setHasValue(true, at: 18)
        header.set(-1 as Int16, at: 19, .big)
        try expect(message, frame, header: header)
    }

    @Test("Ask, example 3")
    func example3OfAsk() throws {
        let message = Trailers.Ask(text: "")
        let frame: Bytes = [0xFD, 0x01, 0x01, 0x01, 0x08, 0x05, 0x00, 0x08, 0x00, 0x39, 0xD1, 0x0D, 0x0A, 0x00, 0x07]
        var header = HeaderBytes()
        header.set(1 as UInt8, at: 0, .big)
        header.setHasValue(true, at: 1)
        header.set(8 as UInt8, at: 2, .big)
        header.set(5 as UInt8, at: 3, .big)
        header.setHasValue(true, at: 18)
        header.set(7 as Int16, at: 19, .big)
        try expect(message, frame, header: header)
    }

    @Test("Ask, malformed 1: The end is wrong.")
    func malformed1OfAsk() {
        let frame: Bytes = [0xFD, 0x01, 0x00, 0x01, 0x05, 0x00, 0x09, 0x68, 0x69, 0x09, 0x4D, 0x47, 0x0D, 0x0B]
        expectRefusal(of: Trailers.Ask.self, frame: frame)
    }

    @Test("Ask, malformed 2: The end is incomplete.")
    func malformed2OfAsk() {
        let frame: Bytes = [0xFD, 0x01, 0x00, 0x01, 0x05, 0x00, 0x09, 0x68, 0x69, 0x09, 0x4D, 0x47, 0x0D]
        expectRefusal(of: Trailers.Ask.self, frame: frame)
    }

    @Test("Ask, malformed 3: The header announces fields that the trailer lacks.")
    func malformed3OfAsk() {
        let frame: Bytes = [0xFD, 0x01, 0x02, 0x01, 0x05, 0x00, 0x09, 0x68, 0x69, 0x09, 0x4D, 0x47, 0x0D, 0x0A]
        expectRefusal(of: Trailers.Ask.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Trailers.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Trailers.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Trailers.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Trailers.frameFormat)
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
        let maximum = M.maximumPayload ?? Trailers.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
