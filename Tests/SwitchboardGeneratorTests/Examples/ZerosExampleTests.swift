// Generated from Zeros.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Zeros")
struct ZerosExampleTests {
    @Test("Move, example 1")
    func example1OfMove() throws {
        let message = Zeros.Move(
            sentReader: 1.0,
            sentStart: 0,
            isFast: false,
            gear: 0,
            corners: [Zeros.Corner(x: 0, y: 0), Zeros.Corner(x: 0, y: 0)],
            label: "",
            key: [0x00, 0x00, 0x00, 0x00]
        )
        let frame: Bytes = [0x04, 0x01, 0x00, 0x00, 0x80, 0x3F, 0x50, 0x5E]
        try expect(message, frame)
    }

    @Test("Move, example 2")
    func example2OfMove() throws {
        let message = Zeros.Move(
            sentReader: 0.0,
            sentStart: 0,
            isFast: false,
            gear: 0,
            corners: [Zeros.Corner(x: 0, y: 0), Zeros.Corner(x: 0, y: 0)],
            label: "",
            key: [0x00, 0x00, 0x00, 0x00]
        )
        let frame: Bytes = [0x01, 0x01, 0x00, 0x04, 0x43]
        try expect(message, frame)
    }

    @Test("Move, example 3")
    func example3OfMove() throws {
        let message = Zeros.Move(
            sentReader: 0.0,
            sentStart: 0,
            isFast: false,
            gear: 0,
            corners: [Zeros.Corner(x: 0, y: 0), Zeros.Corner(x: 0, y: 0)],
            label: "a",
            key: [0x00, 0x00, 0x00, 0x00]
        )
        let frame: Bytes = [
            0x18, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x61, 0xDE, 0x99,
        ]
        try expect(message, frame)
    }

    @Test("Move, malformed 1: `sentStart` is too large.")
    func malformed1OfMove() {
        let payload: Bytes = [0x00, 0x00, 0x00, 0x00, 0xFF, 0x7F]
        expectRefusal(of: Zeros.Move.self, payload: payload)
    }

    @Test("Move, malformed 2: The checksum is wrong.")
    func malformed2OfMove() {
        let frame: Bytes = [0x04, 0x01, 0x00, 0x00, 0x80, 0x3F, 0x50, 0x5F]
        expectRefusal(of: Zeros.Move.self, frame: frame)
    }

    @Test("Name, example 1")
    func example1OfName() throws {
        let message = Zeros.Name(reader: .second, writer: 0)
        let frame: Bytes = [0x01, 0x02, 0x02, 0x7E, 0x4A]
        try expect(message, frame)
    }

    @Test("Name, example 2")
    func example2OfName() throws {
        let message = Zeros.Name(reader: .unrecognized(0x00), writer: 1)
        let frame: Bytes = [0x09, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0xFC, 0xA0]
        try expect(message, frame)
    }

    @Test("Name, malformed 1: A byte follows the last field.")
    func malformed1OfName() {
        let payload: Bytes = [0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00]
        expectRefusal(of: Zeros.Name.self, payload: payload)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Zeros.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Zeros.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Zeros.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Zeros.frameFormat)
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
        let maximum = M.maximumPayload ?? Zeros.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
