// Generated from Lengths.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Lengths")
struct LengthsExampleTests {
    @Test("List, example 1")
    func example1OfList() throws {
        let message = Lengths.List(
            attributes: [Lengths.Attribute(mandatory: true, vendor: nil, value: .name(text: "abcdef"))]
        )
        let frame: Bytes = [
            0x01, 0x00, 0x10, 0x00, 0x00, 0x00, 0x01, 0x40, 0x00, 0x00, 0x0E, 0x61, 0x62, 0x63, 0x64, 0x65,
            0x66, 0x00, 0x00,
        ]
        try expect(message, frame)
    }

    @Test("List, example 2")
    func example2OfList() throws {
        let message = Lengths.List(
            attributes: [Lengths.Attribute(mandatory: false, vendor: 11, value: .number(number: 258))]
        )
        let frame: Bytes = [
            0x01, 0x00, 0x10, 0x00, 0x00, 0x00, 0x02, 0x80, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x0B, 0x00,
            0x00, 0x01, 0x02,
        ]
        try expect(message, frame)
    }

    @Test("List, malformed 1: The length is less than the bytes before the value.")
    func malformed1OfList() {
        let payload: Bytes = [0x00, 0x00, 0x00, 0x01, 0x40, 0x00, 0x00, 0x07]
        expectRefusal(of: Lengths.List.self, payload: payload)
    }

    @Test("List, malformed 2: The length is more than the payload.")
    func malformed2OfList() {
        let payload: Bytes = [0x00, 0x00, 0x00, 0x01, 0x40, 0x00, 0x00, 0x0A, 0x61]
        expectRefusal(of: Lengths.List.self, payload: payload)
    }

    @Test("List, malformed 3: The zeros are missing.")
    func malformed3OfList() {
        let payload: Bytes = [0x00, 0x00, 0x00, 0x01, 0x40, 0x00, 0x00, 0x0A, 0x61, 0x62]
        expectRefusal(of: Lengths.List.self, payload: payload)
    }

    @Test("List, malformed 4: The value is longer than the length.")
    func malformed4OfList() {
        let payload: Bytes = [0x00, 0x00, 0x00, 0x02, 0x40, 0x00, 0x00, 0x0B, 0x00, 0x00, 0x00, 0x07]
        expectRefusal(of: Lengths.List.self, payload: payload)
    }

    @Test("List, malformed 5: The value is shorter than the length.")
    func malformed5OfList() {
        let payload: Bytes = [
            0x00, 0x00, 0x00, 0x02, 0x40, 0x00, 0x00, 0x0D, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, 0x00,
        ]
        expectRefusal(of: Lengths.List.self, payload: payload)
    }

    @Test("Text, example 1")
    func example1OfText() throws {
        let message = Lengths.Text(text: "hi")
        let frame: Bytes = [0x02, 0x00, 0x03, 0x02, 0x68, 0x69]
        try expect(message, frame)
    }

    @Test("Text, malformed 1: A byte follows the length.")
    func malformed1OfText() {
        let payload: Bytes = [0x01, 0x68, 0x69]
        expectRefusal(of: Lengths.Text.self, payload: payload)
    }

    @Test("Properties, example 1")
    func example1OfProperties() throws {
        let message = Lengths.Properties(
            properties: [Lengths.Property(isPrivate: true, common: nil, own: .data(number: 258))]
        )
        let frame: Bytes = [0x05, 0x00, 0x05, 0x01, 0x87, 0x02, 0x01, 0x02]
        try expect(message, frame)
    }

    @Test("Properties, malformed 1: The union of private properties has a number.")
    func malformed1OfProperties() {
        let payload: Bytes = [0x01, 0x87, 0x01, 0x05]
        expectRefusal(of: Lengths.Properties.self, payload: payload)
    }

    @Test("Values, example 1")
    func example1OfValues() throws {
        let message = Lengths.Values(first: 9, row: [1, 2], places: nil)
        let frame: Bytes = [0x06, 0x00, 0x06, 0x05, 0x00, 0x00, 0x09, 0x01, 0x02]
        try expect(message, frame)
    }

    @Test("Values, example 2")
    func example2OfValues() throws {
        let message = Lengths.Values(
            first: nil,
            row: nil,
            places: [Lengths.Place(address: 9, value: 1), Lengths.Place(address: 7, value: 2)]
        )
        let frame: Bytes = [0x06, 0x00, 0x09, 0x04, 0x00, 0x00, 0x09, 0x01, 0x00, 0x00, 0x07, 0x02]
        try expect(message, frame)
    }

    @Test("Values, example 3")
    func example3OfValues() throws {
        let message = Lengths.Values(first: nil, row: nil, places: [])
        let frame: Bytes = [0x06, 0x00, 0x01, 0x00]
        try expect(message, frame)
    }

    @Test("Values, malformed 1: The count is 2 and the row has one value.")
    func malformed1OfValues() {
        let payload: Bytes = [0x05, 0x00, 0x00, 0x09, 0x01]
        expectRefusal(of: Lengths.Values.self, payload: payload)
    }

    @Test("Names, example 1")
    func example1OfNames() throws {
        let message = Lengths.Names(kind: 1, title: "éa", items: nil, note: [0x01, 0x62], extra: nil)
        let frame: Bytes = [0x07, 0x00, 0x07, 0x03, 0x01, 0xE9, 0x61, 0x01, 0x62, 0x00]
        try expect(message, frame)
    }

    @Test("Names, example 2")
    func example2OfNames() throws {
        let message = Lengths.Names(
            kind: 2,
            title: nil,
            items: [Lengths.Place(address: 9, value: 1)],
            note: [0x01, 0x02, 0x03, 0x04],
            extra: [0x05, 0x06, 0x07, 0x08]
        )
        let frame: Bytes = [
            0x07, 0x00, 0x0F, 0x05, 0x02, 0x00, 0x00, 0x09, 0x01, 0x01, 0x02, 0x03, 0x04, 0x01, 0x05, 0x06,
            0x07, 0x08,
        ]
        try expect(message, frame)
    }

    @Test("Names, example 3")
    func example3OfNames() throws {
        let message = Lengths.Names(kind: 0, title: nil, items: nil, note: nil, extra: nil)
        let frame: Bytes = [0x07, 0x00, 0x03, 0x00, 0x00, 0x00]
        try expect(message, frame)
    }

    @Test("Padded, example 1")
    func example1OfPadded() throws {
        let message = Lengths.Padded(isWide: false, number: 5)
        let frame: Bytes = [0x08, 0x00, 0x03, 0x80, 0x05, 0x00]
        try expect(message, frame)
    }

    @Test("Padded, example 2")
    func example2OfPadded() throws {
        let message = Lengths.Padded(isWide: true, number: nil)
        let frame: Bytes = [0x08, 0x00, 0x03, 0x40, 0x00, 0x00]
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
        try FrameEncoder(Lengths.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Lengths.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Lengths.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `payload` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        payload: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let maximum = M.maximumPayload ?? Lengths.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
