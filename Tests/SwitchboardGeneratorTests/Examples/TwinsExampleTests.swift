// Generated from Twins.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Twins")
struct TwinsExampleTests {
    @Test("Composed, example 1")
    func example1OfComposed() throws {
        let message = Twins.Composed(header: 10)
        let frame: Bytes = [
            0xC3, 0xA9, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x0A, 0xC3, 0xA9, 0x00,
            0x00,
        ]
        var header = HeaderBytes()
        header.set(9 as UInt8, at: 0, .big)
        try expect(message, frame, header: header)
    }

    @Test("Composed, malformed 1: the mark has the other form of the character")
    func malformed1OfComposed() {
        let frame: Bytes = [
            0xC3, 0xA9, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x0A, 0x65, 0xCC, 0x81,
            0x00,
        ]
        expectRefusal(of: Twins.Composed.self, frame: frame)
    }

    @Test("Decomposed, example 1")
    func example1OfDecomposed() throws {
        let message = Twins.Decomposed(header: [0x61])
        let frame: Bytes = [0x65, 0xCC, 0x81, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x01, 0x61]
        try expect(message, frame)
    }

    @Test("Counted, example 1")
    func example1OfCounted() throws {
        let message = Twins.Counted(point: Twins.Point(rest: [0x61]), latin: "é", text: "é")
        let frame: Bytes = [
            0x6E, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x09, 0x01, 0x01, 0x61, 0x01,
            0x01, 0xE9, 0x01, 0x01, 0xE9,
        ]
        try expect(message, frame)
    }

    @Test("Counted, example 2")
    func example2OfCounted() throws {
        let message = Twins.Counted(point: nil, latin: nil, text: nil)
        let frame: Bytes = [
            0x6E, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00,
            0x00,
        ]
        try expect(message, frame)
    }

    @Test("Tested, example 1")
    func example1OfTested() throws {
        let message = Twins.Tested(x: 3, options: [], y: 2, z: nil)
        let frame: Bytes = [0x77, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x03, 0x00, 0x02]
        try expect(message, frame)
    }

    @Test("Tested, example 2")
    func example2OfTested() throws {
        let message = Twins.Tested(x: nil, options: [.named], y: nil, z: 4)
        let frame: Bytes = [0x77, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x02, 0x03, 0x04]
        var header = HeaderBytes()
        header.set(2 as UInt8, at: 5, .big)
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
        try FrameEncoder(Twins.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Twins.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload, header: found.header)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Twins.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Twins.frameFormat)
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
        let maximum = M.maximumPayload ?? Twins.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader, header: header)
        }
    }
}
