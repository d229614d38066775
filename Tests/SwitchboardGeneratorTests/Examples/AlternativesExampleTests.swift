// Generated from Alternatives.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Alternatives")
struct AlternativesExampleTests {
    @Test("Content, example 1")
    func example1OfContent() throws {
        let message = Alternatives.Content(kind: 0, text: nil, data: nil, numbers: nil)
        let frame: Bytes = [0x01, 0x00, 0x01, 0x00]
        try expect(message, frame)
    }

    @Test("Content, example 2")
    func example2OfContent() throws {
        let message = Alternatives.Content(kind: 1, text: "hi", data: nil, numbers: nil)
        let frame: Bytes = [0x01, 0x00, 0x03, 0x01, 0x68, 0x69]
        try expect(message, frame)
    }

    @Test("Content, example 3")
    func example3OfContent() throws {
        let message = Alternatives.Content(kind: 3, text: nil, data: [0xFF], numbers: nil)
        let frame: Bytes = [0x01, 0x00, 0x02, 0x03, 0xFF]
        try expect(message, frame)
    }

    @Test("Content, example 4")
    func example4OfContent() throws {
        let message = Alternatives.Content(kind: 4, text: nil, data: nil, numbers: [1, 2])
        let frame: Bytes = [0x01, 0x00, 0x05, 0x04, 0x00, 0x01, 0x00, 0x02]
        try expect(message, frame)
    }

    @Test("Content, malformed 1: Without a kind there is no value.")
    func malformed1OfContent() {
        let payload: Bytes = [0x00, 0x68, 0x69]
        expectRefusal(of: Alternatives.Content.self, payload: payload)
    }

    @Test("Content, malformed 2: A number has two bytes.")
    func malformed2OfContent() {
        let payload: Bytes = [0x04, 0x00, 0x01, 0x00]
        expectRefusal(of: Alternatives.Content.self, payload: payload)
    }

    @Test("Shape, example 1")
    func example1OfShape() throws {
        let message = Alternatives.Shape(level: 3, low: .dot, middle: nil, high: nil)
        let frame: Bytes = [0x02, 0x00, 0x02, 0x01, 0x03]
        try expect(message, frame)
    }

    @Test("Shape, example 2")
    func example2OfShape() throws {
        let message = Alternatives.Shape(level: 9, low: nil, middle: .circle(radius: 7), high: nil)
        let frame: Bytes = [0x02, 0x00, 0x03, 0x02, 0x09, 0x07]
        try expect(message, frame)
    }

    @Test("Shape, example 3")
    func example3OfShape() throws {
        let message = Alternatives.Shape(level: 255, low: nil, middle: nil, high: .point)
        let frame: Bytes = [0x02, 0x00, 0x02, 0x05, 0xFF]
        try expect(message, frame)
    }

    @Test("Shape, malformed 1: A low shape is no circle.")
    func malformed1OfShape() {
        let payload: Bytes = [0x02, 0x03, 0x07]
        expectRefusal(of: Alternatives.Shape.self, payload: payload)
    }

    @Test("Record, example 1")
    func example1OfRecord() throws {
        let message = Alternatives.Record(version: .old, name: "a", data: [0x62])
        let frame: Bytes = [0x03, 0x00, 0x05, 0x01, 0x03, 0x01, 0x61, 0x62]
        try expect(message, frame)
    }

    @Test("Record, example 2")
    func example2OfRecord() throws {
        let message = Alternatives.Record(version: .new, name: "a", data: [0x62])
        let frame: Bytes = [0x03, 0x00, 0x06, 0x02, 0x00, 0x03, 0x01, 0x61, 0x62]
        try expect(message, frame)
    }

    @Test("Record, malformed 1: The size is wrong.")
    func malformed1OfRecord() {
        let payload: Bytes = [0x01, 0x04, 0x01, 0x61, 0x62]
        expectRefusal(of: Alternatives.Record.self, payload: payload)
    }

    @Test("Nested, example 1")
    func example1OfNested() throws {
        let message = Alternatives.Nested(
            kind: 0,
            count: nil,
            access: nil,
            isSigned: nil,
            few: nil,
            several: nil,
            others: 1,
            writer: nil,
            reader: nil,
            stranger: 2,
            signature: nil,
            reason: nil,
            comment: 3
        )
        let frame: Bytes = [0x04, 0x00, 0x04, 0x00, 0x01, 0x02, 0x03]
        try expect(message, frame)
    }

    @Test("Nested, example 2")
    func example2OfNested() throws {
        let message = Alternatives.Nested(
            kind: 2,
            count: 7,
            access: [.write],
            isSigned: true,
            few: 5,
            several: nil,
            others: nil,
            writer: 6,
            reader: nil,
            stranger: nil,
            signature: 8,
            reason: nil,
            comment: 9
        )
        let frame: Bytes = [0x04, 0x00, 0x08, 0x02, 0x07, 0x02, 0x01, 0x05, 0x06, 0x08, 0x09]
        try expect(message, frame)
    }

    @Test("Nested, example 3")
    func example3OfNested() throws {
        let message = Alternatives.Nested(
            kind: 2,
            count: 10,
            access: [],
            isSigned: false,
            few: nil,
            several: 1,
            others: 2,
            writer: nil,
            reader: 3,
            stranger: 4,
            signature: nil,
            reason: 5,
            comment: nil
        )
        let frame: Bytes = [0x04, 0x00, 0x0A, 0x02, 0x0A, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05]
        try expect(message, frame)
    }

    @Test("Nested, malformed 1: Without a signature there is a comment.")
    func malformed1OfNested() {
        let payload: Bytes = [0x00, 0x01, 0x02]
        expectRefusal(of: Alternatives.Nested.self, payload: payload)
    }

    @Test("Element, example 1")
    func example1OfElement() throws {
        let message = Alternatives.Element(instance: 7, value: .counter(number: 9), mark: 42)
        let frame: Bytes = [0x05, 0x00, 0x06, 0x03, 0x00, 0x01, 0x07, 0x09, 0x2A]
        try expect(message, frame)
    }

    @Test("Element, example 2")
    func example2OfElement() throws {
        let message = Alternatives.Element(instance: 0, value: .unrecognized(tag: 0x09, data: [0x61, 0x62]), mark: 0)
        let frame: Bytes = [0x05, 0x00, 0x07, 0x09, 0x00, 0x02, 0x00, 0x61, 0x62, 0x00]
        try expect(message, frame)
    }

    @Test("Element, malformed 1: A counter has one byte.")
    func malformed1OfElement() {
        let payload: Bytes = [0x03, 0x00, 0x02, 0x07, 0x09, 0x00, 0x2A]
        expectRefusal(of: Alternatives.Element.self, payload: payload)
    }

    @Test("Element, malformed 2: The payload ends within the value.")
    func malformed2OfElement() {
        let payload: Bytes = [0x03, 0x00, 0x01, 0x07]
        expectRefusal(of: Alternatives.Element.self, payload: payload)
    }

    @Test("Items, example 1")
    func example1OfItems() throws {
        let message = Alternatives.Items(
            items: [.pair(low: 42, high: 43), .pair(low: 44, high: 45)],
            parts: [.unrecognized(tag: 0x09, data: [0x61]), .unrecognized(tag: 0x09, data: [0x62, 0x63])]
        )
        let frame: Bytes = [0x06, 0x00, 0x0C, 0x12, 0x2A, 0x2B, 0x2C, 0x2D, 0x09, 0x05, 0x01, 0x61, 0x02, 0x62, 0x63]
        try expect(message, frame)
    }

    @Test("Items, malformed 1: There is an item at least.")
    func malformed1OfItems() {
        let payload: Bytes = [0x10, 0x09, 0x05, 0x01, 0x61, 0x02, 0x62, 0x63]
        expectRefusal(of: Alternatives.Items.self, payload: payload)
    }

    @Test("Items, malformed 2: No item has the tag 2.")
    func malformed2OfItems() {
        let payload: Bytes = [0x21, 0x2A, 0x09, 0x02, 0x01, 0x61]
        expectRefusal(of: Alternatives.Items.self, payload: payload)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Alternatives.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Alternatives.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Alternatives.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `payload` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        payload: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let maximum = M.maximumPayload ?? Alternatives.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
