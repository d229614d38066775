// Generated from Layouts.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Layouts")
struct LayoutsExampleTests {
    @Test("Connect, example 1")
    func example1OfConnect() throws {
        let message = Layouts.Connect(
            willRetain: true,
            willQoS: 1,
            clean: true,
            keepAlive: 60,
            client: "reach",
            willTopic: "status/reach",
            will: [0x67, 0x6F, 0x6E, 0x65],
            user: "user",
            password: [0x70, 0x61, 0x73, 0x73]
        )
        let frame: Bytes = [
            0x01, 0x00, 0x00, 0x00, 0x31, 0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04, 0xEE, 0x00, 0x3C, 0x00,
            0x05, 0x72, 0x65, 0x61, 0x63, 0x68, 0x00, 0x0C, 0x73, 0x74, 0x61, 0x74, 0x75, 0x73, 0x2F, 0x72,
            0x65, 0x61, 0x63, 0x68, 0x00, 0x04, 0x67, 0x6F, 0x6E, 0x65, 0x00, 0x04, 0x75, 0x73, 0x65, 0x72,
            0x00, 0x04, 0x70, 0x61, 0x73, 0x73,
        ]
        try expect(message, frame)
    }

    @Test("Connect, malformed 1: It ends within keepAlive.")
    func malformed1OfConnect() {
        let payload: Bytes = [0x00, 0x04, 0x4D, 0x51, 0x54, 0x54, 0x04, 0x02, 0x00]
        expectRefusal(of: Layouts.Connect.self, payload: payload)
    }

    @Test("Bits, example 1")
    func example1OfBits() throws {
        let message = Layouts.Bits(
            version: 1,
            kind: .data,
            offset: -5,
            options: [.last, .urgent],
            low: 10,
            high: 9,
            wide: 258,
            signed: -2
        )
        let frame: Bytes = [
            0x02, 0x00, 0x00, 0x00, 0x0D, 0x3F, 0xFF, 0x74, 0x2A, 0x01, 0x00, 0x01, 0x02, 0xFE, 0xFF, 0xFF,
            0xFF, 0xFF,
        ]
        try expect(message, frame)
    }

    @Test("VarInts, example 1")
    func example1OfVarInts() throws {
        let message = Layouts.VarInts(leb: 300, zigzag: -2, quic: 15_293, coin: 515, text: "hello", numbers: [-1, 1])
        let frame: Bytes = [
            0x03, 0x00, 0x00, 0x00, 0x11, 0xAC, 0x02, 0x03, 0x7B, 0xBD, 0xFD, 0x03, 0x02, 0x05, 0x68, 0x65,
            0x6C, 0x6C, 0x6F, 0x02, 0x01, 0x02,
        ]
        try expect(message, frame)
    }

    @Test("VarInts, malformed 1: leb has two bytes for 0.")
    func malformed1OfVarInts() {
        let payload: Bytes = [0x80, 0x00, 0x03, 0x01, 0x01, 0x00, 0x00]
        expectRefusal(of: Layouts.VarInts.self, payload: payload)
    }

    @Test("Texts, example 1")
    func example1OfTexts() throws {
        let message = Layouts.Texts(
            terminated: "ab",
            lines: [0x63],
            padded: "de",
            spaces: [0x66],
            latin: "ég",
            wide: "éh",
            plain: "i",
            names: ["jk", "l"],
            rest: "m"
        )
        let frame: Bytes = [
            0x05, 0x00, 0x00, 0x00, 0x24, 0x61, 0x62, 0x00, 0x63, 0x0D, 0x0A, 0x64, 0x65, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x66, 0x20, 0x20, 0x20, 0x02, 0xE9, 0x67, 0x00, 0x04, 0x00, 0xE9, 0x00, 0x68,
            0x02, 0x69, 0x02, 0x6A, 0x6B, 0x01, 0x6C, 0x00, 0x6D,
        ]
        try expect(message, frame)
    }

    @Test("Texts, malformed 1: The first text has no end.")
    func malformed1OfTexts() {
        let payload: Bytes = [0x61, 0x62]
        expectRefusal(of: Layouts.Texts.self, payload: payload)
    }

    @Test("Presence, example 1")
    func example1OfPresence() throws {
        let message = Layouts.Presence(
            flags: [],
            more: 0,
            kind: 1,
            color: .red,
            urgency: 9,
            id: 5,
            pair: Layouts.Point(x: 1, y: 2),
            aligned: 7,
            last: 8,
            lastText: nil
        )
        let frame: Bytes = [
            0x06, 0x00, 0x00, 0x00, 0x11, 0x80, 0x01, 0x01, 0x09, 0x00, 0x05, 0x00, 0x01, 0x00, 0x02, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x07, 0x08,
        ]
        try expect(message, frame)
    }

    @Test("Unions, example 1")
    func example1OfUnions() throws {
        let message = Layouts.Unions(
            body: .number(value: 7),
            attributes: [.name(text: "abc"), .unrecognized(tag: 0x0099, data: [0xFF])],
            value: .table(fields: [Layouts.TableEntry(name: "a", value: .text(text: "b"))]),
            tree: Layouts.Tree(value: 5, children: [Layouts.Tree(value: 6, children: [])])
        )
        let frame: Bytes = [
            0x07, 0x00, 0x00, 0x00, 0x26, 0x02, 0x00, 0x07, 0x00, 0x10, 0x00, 0x06, 0x00, 0x03, 0x61, 0x62,
            0x63, 0x00, 0x00, 0x99, 0x00, 0x01, 0xFF, 0x00, 0x00, 0x00, 0x46, 0x00, 0x00, 0x00, 0x08, 0x01,
            0x61, 0x53, 0x00, 0x00, 0x00, 0x01, 0x62, 0x05, 0x01, 0x06, 0x00,
        ]
        try expect(message, frame)
    }

    @Test("Corners, example 1")
    func example1OfCorners() throws {
        let message = Layouts.Corners(
            left: [5],
            right: [6],
            rightCount: 7,
            access: [.write],
            accessOnWire: 8,
            point: Layouts.Point(x: 1, y: 2),
            pointBytes: 9,
            fixed: 10,
            padded: 11,
            body: .unrecognized(tag: 0x01, data: [0x00]),
            bodies: [.none, .data(bytes: [0x01, 0x02])],
            columns: [nil],
            tail: 12
        )
        let frame: Bytes = [
            0x08, 0x00, 0x00, 0x00, 0x22, 0x01, 0x05, 0x00, 0x06, 0x07, 0x04, 0x05, 0x08, 0x00, 0x01, 0x00,
            0x02, 0x09, 0x0A, 0x00, 0x00, 0x0B, 0x01, 0x01, 0x00, 0x00, 0x00, 0x02, 0x02, 0x01, 0x02, 0x01,
            0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x0C,
        ]
        try expect(message, frame)
    }

    @Test("Blocks, example 1")
    func example1OfBlocks() throws {
        let message = Layouts.Blocks(
            blocks: [.empty, .number(value: 7), .unrecognized(tag: 0x99, data: [0x01, 0x02])],
            last: .number(value: 5)
        )
        let frame: Bytes = [
            0x09, 0x00, 0x00, 0x00, 0x0D, 0x03, 0x02, 0x00, 0x04, 0x01, 0x00, 0x07, 0x04, 0x99, 0x01, 0x02,
            0x01, 0x05,
        ]
        try expect(message, frame)
    }

    @Test("Blocks, example 2")
    func example2OfBlocks() throws {
        let message = Layouts.Blocks(blocks: [], last: .unrecognized(tag: 0x09, data: [0xFF, 0x00]))
        let frame: Bytes = [0x09, 0x00, 0x00, 0x00, 0x04, 0x00, 0x09, 0xFF, 0x00]
        try expect(message, frame)
    }

    @Test("Blocks, malformed 1: The block has a byte too many.")
    func malformed1OfBlocks() {
        let payload: Bytes = [0x01, 0x03, 0x00, 0xFF]
        expectRefusal(of: Layouts.Blocks.self, payload: payload)
    }

    @Test("Blocks, malformed 2: The block is cut off.")
    func malformed2OfBlocks() {
        let payload: Bytes = [0x01, 0x04, 0x99, 0x01]
        expectRefusal(of: Layouts.Blocks.self, payload: payload)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Layouts.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Layouts.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Layouts.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `payload` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        payload: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let maximum = M.maximumPayload ?? Layouts.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
