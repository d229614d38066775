// Generated from Guards.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Guards")
struct GuardsExampleTests {
    @Test("Data, example 1")
    func example1OfData() throws {
        let message = Guards.Data(data: [0x68, 0x65, 0x6C, 0x6C, 0x6F])
        let frame: Bytes = [
            0xA5, 0x5A, 0x01, 0x07, 0x00, 0x05, 0x9D, 0x13, 0x09, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x0D, 0xD7,
            0x34, 0xD2,
        ]
        var header = HeaderBytes()
        header.set(7 as UInt8, at: 0, .big)
        header.set(9 as UInt8, at: 1, .big)
        try expect(message, frame, header: header)
    }

    @Test("Data, example 2")
    func example2OfData() throws {
        let message = Guards.Data(data: [])
        let frame: Bytes = [0xA5, 0x5A, 0x01, 0x00, 0x00, 0x00, 0x46, 0xBB, 0x00, 0x01, 0x0A, 0x00, 0x00]
        try expect(message, frame)
    }

    @Test("Data, malformed 1: The checksum in the header is wrong.")
    func malformed1OfData() {
        let frame: Bytes = [
            0xA5, 0x5A, 0x01, 0x07, 0x00, 0x05, 0x9D, 0x14, 0x09, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x0D, 0xD7,
            0x34, 0xD2,
        ]
        expectRefusal(of: Guards.Data.self, frame: frame)
    }

    @Test("Data, malformed 2: The sum of a part of the header is wrong.")
    func malformed2OfData() {
        let frame: Bytes = [
            0xA5, 0x5A, 0x01, 0x07, 0x00, 0x05, 0x9D, 0x13, 0x09, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x0E, 0xD7,
            0x34, 0xD2,
        ]
        expectRefusal(of: Guards.Data.self, frame: frame)
    }

    @Test("Data, malformed 3: The checksum of the header is wrong.")
    func malformed3OfData() {
        let frame: Bytes = [
            0xA5, 0x5A, 0x01, 0x07, 0x00, 0x05, 0x9D, 0x13, 0x09, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x0D, 0xD6,
            0x34, 0xD2,
        ]
        expectRefusal(of: Guards.Data.self, frame: frame)
    }

    @Test("Data, malformed 4: The last checksum but one covers the sequence.")
    func malformed4OfData() {
        let frame: Bytes = [
            0xA5, 0x5A, 0x01, 0x07, 0x00, 0x05, 0x9D, 0x13, 0x08, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x0D, 0xD7,
            0x34, 0xD2,
        ]
        expectRefusal(of: Guards.Data.self, frame: frame)
    }

    @Test("Data, malformed 5: The last checksum covers the payload.")
    func malformed5OfData() {
        let frame: Bytes = [
            0xA5, 0x5A, 0x01, 0x07, 0x00, 0x05, 0x9D, 0x13, 0x09, 0x68, 0x65, 0x6C, 0x6C, 0x6E, 0x0D, 0xD7,
            0x34, 0xD2,
        ]
        expectRefusal(of: Guards.Data.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Guards.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Guards.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Guards.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Guards.frameFormat)
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
        let maximum = M.maximumPayload ?? Guards.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
