// Generated from Methods.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Methods")
struct MethodsExampleTests {
    @Test("Add, example 1")
    func example1OfAdd() throws {
        let message = Methods.Add(left: -1, right: 2)
        let frame: Bytes = [
            0x01, 0x10, 0x00, 0x00, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00, 0x00, 0x07, 0x00, 0xFF, 0x02, 0x45,
        ]
        var header = HeaderBytes()
        header.set(7 as UInt32, at: 3, .big)
        try expect(message, frame, header: header)
    }

    @Test("Add, example 2")
    func example2OfAdd() throws {
        let message = Methods.Add(left: -1, right: 2)
        let frame: Bytes = [
            0x81, 0x01, 0x02, 0x13, 0x00, 0x00, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00, 0x00, 0x07, 0x80, 0x01,
            0xFF, 0x02, 0x4C,
        ]
        var header = HeaderBytes()
        header.setHasValue(true, at: 0)
        header.set(258 as UInt16, at: 1, .big)
        header.set(7 as UInt32, at: 3, .big)
        header.set(128 as UInt64, at: 7, .big)
        try expect(message, frame, header: header)
    }

    @Test("Add, malformed 1: a length that is too short")
    func malformed1OfAdd() {
        let frame: Bytes = [
            0x01, 0x0F, 0x00, 0x00, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00, 0x00, 0x07, 0x00, 0xFF, 0x02, 0x44,
        ]
        expectRefusal(of: Methods.Add.self, frame: frame)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Methods.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Methods.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Methods.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Methods.frameFormat)
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
        let maximum = M.maximumPayload ?? Methods.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
