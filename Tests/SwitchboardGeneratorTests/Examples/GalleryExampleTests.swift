// Generated from Gallery.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Gallery")
struct GalleryExampleTests {
    @Test("Numbers, example 1")
    func example1OfNumbers() throws {
        let message = Gallery.Numbers(
            u8: 1,
            u16: 2,
            u32: 3,
            u64: 4,
            i8: -1,
            i16: -2,
            i32: -3,
            i64: -4,
            f32: 1.5,
            f64: -2.5,
            flag: true
        )
        let frame: Bytes = [
            0x5A, 0x01, 0x01, 0x2B, 0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x03, 0x04, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFE, 0xFF, 0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            0xFF, 0xFF, 0xFF, 0xFF, 0xFC, 0x00, 0x00, 0xC0, 0x3F, 0xC0, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x01, 0x7A, 0x9C, 0xE6, 0xA6,
        ]
        try expect(message, frame)
    }

    @Test("Numbers, malformed 1: It ends too early.")
    func malformed1OfNumbers() {
        let payload: Bytes = [0x00]
        expectRefusal(of: Gallery.Numbers.self, payload: payload)
    }

    @Test("Texts, example 1")
    func example1OfTexts() throws {
        let message = Gallery.Texts(
            short: "a",
            medium: [0xFF],
            long: "",
            tag: "wave",
            key: [0x01, 0x02, 0x03],
            rest: "z"
        )
        let frame: Bytes = [
            0x5A, 0x01, 0x02, 0x11, 0x00, 0x00, 0x00, 0x01, 0x61, 0x01, 0x00, 0xFF, 0x00, 0x00, 0x00, 0x00,
            0x77, 0x61, 0x76, 0x65, 0x01, 0x02, 0x03, 0x7A, 0xF7, 0x3C, 0xFF, 0x23,
        ]
        try expect(message, frame)
    }

    @Test("Texts, malformed 1: Its first text is not UTF-8.")
    func malformed1OfTexts() {
        let payload: Bytes = [0x01, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x77, 0x61, 0x76, 0x65, 0x01, 0x02, 0x03]
        expectRefusal(of: Gallery.Texts.self, payload: payload)
    }

    @Test("Arrays, example 1")
    func example1OfArrays() throws {
        let message = Gallery.Arrays(
            counted: [],
            fixed: [0.0, 0.0, 0.0],
            names: ["a"],
            flags: [],
            kinds: [],
            points: [],
            shapes: [],
            gaps: [nil, 65_536],
            truths: []
        )
        let frame: Bytes = [
            0x5A, 0x01, 0x03, 0x1D, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x61, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01,
            0x00, 0x00, 0x01, 0x00, 0x1C, 0x84, 0xC8, 0x90,
        ]
        try expect(message, frame)
    }

    @Test("Options, example 1")
    func example1OfOptions() throws {
        let message = Gallery.Options(number: nil, text: nil, point: nil, list: nil, kind: nil, rest: nil)
        let frame: Bytes = [
            0x5A, 0x01, 0x04, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7F, 0x58, 0xC3,
            0x1A,
        ]
        try expect(message, frame)
    }

    @Test("Options, example 2")
    func example2OfOptions() throws {
        let message = Gallery.Options(number: 5, text: "x", point: nil, list: [1, -1], kind: .square, rest: [0x00])
        let frame: Bytes = [
            0x5A, 0x01, 0x04, 0x0F, 0x00, 0x00, 0x00, 0x01, 0x05, 0x00, 0x01, 0x01, 0x78, 0x00, 0x01, 0x02,
            0x01, 0xFF, 0x01, 0x02, 0x01, 0x00, 0x7D, 0xAD, 0xE8, 0xB4,
        ]
        try expect(message, frame)
    }

    @Test("Options, malformed 1: its `number` is neither 0 nor 1")
    func malformed1OfOptions() {
        let payload: Bytes = [0x02, 0x00, 0x00, 0x00, 0x00, 0x00]
        expectRefusal(of: Gallery.Options.self, payload: payload)
    }

    @Test("Bounds, malformed 1: Its level is 11.")
    func malformed1OfBounds() {
        let payload: Bytes = [
            0x34, 0x12, 0x0B, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x61, 0x00,
            0x00, 0x01, 0x01, 0x00, 0x52, 0x49, 0x46, 0x46, 0x02, 0x00, 0x00, 0x00, 0xEC, 0x00, 0x00, 0x80,
            0xBF, 0x00, 0x00, 0x00, 0x00, 0x00,
        ]
        expectRefusal(of: Gallery.Bounds.self, payload: payload)
    }

    @Test("Bounds, malformed 2: Its cold is -4.")
    func malformed2OfBounds() {
        let payload: Bytes = [
            0x34, 0x12, 0x0A, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x61, 0x00,
            0x00, 0x01, 0x01, 0x00, 0x52, 0x49, 0x46, 0x46, 0x02, 0x00, 0x00, 0x00, 0xFC, 0x00, 0x00, 0x80,
            0xBF, 0x00, 0x00, 0x00, 0x00, 0x00,
        ]
        expectRefusal(of: Gallery.Bounds.self, payload: payload)
    }

    @Test("Grown, example 1")
    func example1OfGrown() throws {
        let message = Gallery.Grown(id: 1, priority: 7, note: nil, tags: ["new"])
        let frame: Bytes = [
            0x5A, 0x01, 0x07, 0x0D, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x01,
            0x03, 0x6E, 0x65, 0x77, 0xEB, 0xB6, 0x0C, 0xAB,
        ]
        try expect(message, frame)
    }

    @Test("Grown, example 2")
    func example2OfGrown() throws {
        let message = Gallery.Grown(id: 1, priority: 2, note: "a", tags: [])
        let frame: Bytes = [
            0x5A, 0x01, 0x07, 0x0B, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02, 0x01, 0x01, 0x61, 0x00,
            0x00, 0x00, 0xE8, 0x17, 0xAC, 0x66,
        ]
        try expect(message, frame)
    }

    @Test("Defaults, example 1")
    func example1OfDefaults() throws {
        let message = Gallery.Defaults(
            number: -5,
            ratio: 0.25,
            truth: true,
            text: "a \"quoted\" text",
            blob: [0x00, 0xFF],
            kind: .square,
            access: [.read, .write],
            shape: .nothing,
            ports: [80, 443],
            corners: [Gallery.Point(x: 1.0, y: 2.5)],
            figure: .circle(center: Gallery.Point(x: 0.0, y: 0.0), radius: 1.0),
            mark: Gallery.Mark.none
        )
        let frame: Bytes = [
            0x5A, 0x01, 0x09, 0x43, 0x00, 0x00, 0x00, 0xFB, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00,
            0x00, 0x80, 0x3E, 0x01, 0x0F, 0x00, 0x61, 0x20, 0x22, 0x71, 0x75, 0x6F, 0x74, 0x65, 0x64, 0x22,
            0x20, 0x74, 0x65, 0x78, 0x74, 0x02, 0x00, 0xFF, 0x02, 0x03, 0x00, 0x02, 0x50, 0x00, 0xBB, 0x01,
            0x01, 0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x20, 0x40, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0x3F, 0x01, 0x00, 0x02, 0x8D, 0x8D, 0xFB, 0x28,
        ]
        try expect(message, frame)
    }

    @Test("Small, example 1")
    func example1OfSmall() throws {
        let message = Gallery.Small(text: "live")
        let frame: Bytes = [0x5A, 0x01, 0x0B, 0x04, 0x00, 0x00, 0x00, 0x6C, 0x69, 0x76, 0x65, 0xE6, 0x3C, 0x00, 0x6A]
        try expect(message, frame)
    }

    @Test("Small, malformed 1: It has five bytes.")
    func malformed1OfSmall() {
        let payload: Bytes = [0x68, 0x65, 0x6C, 0x6C, 0x6F]
        expectRefusal(of: Gallery.Small.self, payload: payload)
    }

    @Test("Small, malformed 2: It has five bytes in a frame.")
    func malformed2OfSmall() {
        let frame: Bytes = [
            0x5A, 0x01, 0x0B, 0x05, 0x00, 0x00, 0x00, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0xE1, 0x44, 0x52, 0x2E,
        ]
        expectRefusal(of: Gallery.Small.self, frame: frame)
    }

    @Test("Small, malformed 3: It is another message.")
    func malformed3OfSmall() {
        let frame: Bytes = [0x5A, 0x01, 0x0A, 0x00, 0x00, 0x00, 0x00, 0x83, 0xA2, 0x25, 0x9B]
        expectRefusal(of: Gallery.Small.self, frame: frame)
    }

    @Test("Small, malformed 4: Its checksum is wrong.")
    func malformed4OfSmall() {
        let frame: Bytes = [0x5A, 0x01, 0x0B, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]
        expectRefusal(of: Gallery.Small.self, frame: frame)
    }

    @Test("Constants, example 1")
    func example1OfConstants() throws {
        let message = Gallery.Constants(count: 7)
        let frame: Bytes = [
            0x5A, 0x01, 0x0C, 0x1F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x3F, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0xFE, 0xFF, 0x01, 0xFF, 0x00, 0x03, 0x6B, 0x65, 0x79, 0x81, 0x00, 0x00, 0x00,
            0x80, 0xFF, 0xFF, 0x00, 0x00, 0x07, 0x96, 0xE9, 0x1C, 0xDB,
        ]
        try expect(message, frame)
    }

    @Test("Constants, malformed 1: Its truth is no truth.")
    func malformed1OfConstants() {
        let payload: Bytes = [
            0x00, 0x00, 0x00, 0x3F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFE, 0xFF, 0x00, 0xFF,
            0x00, 0x03, 0x6B, 0x65, 0x79, 0x81, 0x00, 0x00, 0x00, 0x80, 0xFF, 0xFF, 0x00, 0x00, 0x07,
        ]
        expectRefusal(of: Gallery.Constants.self, payload: payload)
    }

    @Test("Nested, example 1")
    func example1OfNested() throws {
        let message = Gallery.Nested(
            blobs: [[], [0xFF]],
            keys: [[0x01, 0x02], [0x03, 0x04]],
            gaps: [nil, 5],
            rows: ["a", nil],
            marks: [Gallery.Mark.none, nil],
            figures: [.nothing],
            wide: .far(steps: 7),
            wider: .top,
            widest: [.furthest]
        )
        let frame: Bytes = [
            0x5A, 0x01, 0x0D, 0x30, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01, 0xFF, 0x01, 0x02, 0x03, 0x04, 0x01,
            0x02, 0x00, 0x01, 0x05, 0x00, 0x01, 0x00, 0x02, 0x01, 0x00, 0x01, 0x61, 0x00, 0x02, 0x01, 0x00,
            0x00, 0x01, 0x01, 0x01, 0x00, 0x02, 0x01, 0x07, 0x01, 0x00, 0x00, 0x00, 0x80, 0x00, 0x01, 0x08,
            0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 0xEE, 0x87, 0x5C, 0xA6,
        ]
        try expect(message, frame)
    }

    @Test("Nested, malformed 1: its `Wide` has a number without a name")
    func malformed1OfNested() {
        let payload: Bytes = [0x00, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00, 0x00, 0x00, 0x03, 0x01, 0x07, 0x00, 0x00]
        expectRefusal(of: Gallery.Nested.self, payload: payload)
    }

    @Test("Words, example 1")
    func example1OfWords() throws {
        let message = Gallery.Words(id: 7, text: "none")
        let frame: Bytes = [
            0x5A, 0x01, 0x0E, 0x06, 0x00, 0x00, 0x00, 0x07, 0x00, 0x6E, 0x6F, 0x6E, 0x65, 0x90, 0xEF, 0xBD,
            0xBB,
        ]
        try expect(message, frame)
    }

    @Test("Words, example 2")
    func example2OfWords() throws {
        let message = Gallery.Words(id: 7, text: "a")
        let frame: Bytes = [0x5A, 0x01, 0x0E, 0x03, 0x00, 0x00, 0x00, 0x07, 0x00, 0x61, 0x50, 0x25, 0x5F, 0x41]
        try expect(message, frame)
    }

    @Test("Samples, example 1")
    func example1OfSamples() throws {
        let message = Gallery.Samples(id: 7, values: [])
        let frame: Bytes = [0x5A, 0x01, 0x0F, 0x02, 0x00, 0x00, 0x00, 0x07, 0x00, 0xFD, 0x98, 0x1E, 0x39]
        try expect(message, frame)
    }

    @Test("Samples, example 2")
    func example2OfSamples() throws {
        let message = Gallery.Samples(id: 7, values: [-1, 1])
        let frame: Bytes = [
            0x5A, 0x01, 0x0F, 0x06, 0x00, 0x00, 0x00, 0x07, 0x00, 0xFF, 0xFF, 0x01, 0x00, 0xDE, 0xEC, 0x61,
            0x5D,
        ]
        try expect(message, frame)
    }

    @available(*, deprecated)
    @Test("Old, example 1")
    func example1OfOld() throws {
        let message = Gallery.Old(text: "a")
        let frame: Bytes = [0x5A, 0x01, 0x10, 0x01, 0x00, 0x00, 0x00, 0x61, 0x36, 0x41, 0xB0, 0x03]
        try expect(message, frame)
    }

    @Test("Old, malformed 1: its `text` is not UTF-8")
    func malformed1OfOld() {
        let payload: Bytes = [0xFF]
        expectRefusal(of: Gallery.Old.self, payload: payload)
    }

    @Test("Floats, example 1")
    func example1OfFloats() throws {
        let message = Gallery.Floats(
            least: -Float.infinity,
            unknown: Double.nan,
            level: 0.0,
            list: [Float.nan, Float.infinity]
        )
        let frame: Bytes = [
            0x5A, 0x01, 0x11, 0x21, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0xF0, 0x7F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xF8, 0x7F, 0x00, 0x00, 0x00, 0x00, 0x02,
            0x00, 0x00, 0xC0, 0x7F, 0x00, 0x00, 0x80, 0x7F, 0x4E, 0xBB, 0xAE, 0x20,
        ]
        try expect(message, frame)
    }

    @Test("Floats, example 2")
    func example2OfFloats() throws {
        let message = Gallery.Floats(least: Float.nan, unknown: -Double.infinity, level: Float.infinity, list: [])
        let frame: Bytes = [
            0x5A, 0x01, 0x11, 0x19, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x7F, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0xF0, 0x7F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xF0, 0xFF, 0x00, 0x00, 0x80, 0x7F, 0x00,
            0xA4, 0x15, 0x75, 0xA7,
        ]
        try expect(message, frame)
    }

    @Test("Floats, malformed 1: Its level is NaN.")
    func malformed1OfFloats() {
        let payload: Bytes = [
            0x00, 0x00, 0x80, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xF0, 0x7F, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0xF8, 0x7F, 0x00, 0x00, 0xC0, 0x7F, 0x00,
        ]
        expectRefusal(of: Gallery.Floats.self, payload: payload)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Gallery.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Gallery.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Gallery.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `frame` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        frame: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Gallery.frameFormat)
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
        let maximum = M.maximumPayload ?? Gallery.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
