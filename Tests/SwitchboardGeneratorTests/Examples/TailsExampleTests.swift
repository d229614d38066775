// Generated from Tails.yaml, by `swift package protocol tests`.

import SwitchboardRouter
import Testing

/// Checks that the examples of the spec are encoded and decoded as stated.
@Suite("Examples of Tails")
struct TailsExampleTests {
    @Test("Uplink, example 1")
    func example1OfUplink() throws {
        let message = Tails.Uplink(
            counter: 7,
            data: [0x01, 0x02],
            port: 9,
            isLast: true,
            rate: 3,
            integrity: [0xAA, 0xBB, 0xCC, 0xDD]
        )
        let frame: Bytes = [0x01, 0x00, 0x0A, 0x00, 0x07, 0x01, 0x02, 0x09, 0x83, 0xAA, 0xBB, 0xCC, 0xDD]
        try expect(message, frame)
    }

    @Test("Uplink, example 2")
    func example2OfUplink() throws {
        let message = Tails.Uplink(
            counter: 0,
            data: [],
            port: 0,
            isLast: false,
            rate: 0,
            integrity: [0x00, 0x00, 0x00, 0x00]
        )
        let frame: Bytes = [0x01, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00]
        try expect(message, frame)
    }

    @Test("Uplink, malformed 1: The payload ends within the integrity.")
    func malformed1OfUplink() {
        let payload: Bytes = [0x00, 0x07, 0x09, 0x83, 0xAA, 0xBB, 0xCC]
        expectRefusal(of: Tails.Uplink.self, payload: payload)
    }

    @Test("Uplink, malformed 2: The payload ends within the counter.")
    func malformed2OfUplink() {
        let payload: Bytes = [0x00]
        expectRefusal(of: Tails.Uplink.self, payload: payload)
    }

    @Test("List, example 1")
    func example1OfList() throws {
        let message = Tails.List(
            kind: 1,
            items: [Tails.Item(name: "a"), Tails.Item(name: "bc")],
            text: nil,
            latin: nil,
            value: nil
        )
        let frame: Bytes = [0x02, 0x00, 0x08, 0x01, 0x01, 0x61, 0x02, 0x62, 0x63, 0xBE, 0xEF]
        try expect(message, frame)
    }

    @Test("List, example 2")
    func example2OfList() throws {
        let message = Tails.List(kind: 1, items: [], text: nil, latin: nil, value: nil)
        let frame: Bytes = [0x02, 0x00, 0x03, 0x01, 0xBE, 0xEF]
        try expect(message, frame)
    }

    @Test("List, example 3")
    func example3OfList() throws {
        let message = Tails.List(kind: 2, items: nil, text: "hi", latin: nil, value: nil)
        let frame: Bytes = [0x02, 0x00, 0x05, 0x02, 0x68, 0x69, 0xBE, 0xEF]
        try expect(message, frame)
    }

    @Test("List, example 4")
    func example4OfList() throws {
        let message = Tails.List(kind: 3, items: nil, text: nil, latin: "é", value: nil)
        let frame: Bytes = [0x02, 0x00, 0x05, 0x03, 0x01, 0xE9, 0xBE, 0xEF]
        try expect(message, frame)
    }

    @Test("List, example 5")
    func example5OfList() throws {
        let message = Tails.List(kind: 3, items: nil, text: nil, latin: nil, value: nil)
        let frame: Bytes = [0x02, 0x00, 0x04, 0x03, 0x00, 0xBE, 0xEF]
        try expect(message, frame)
    }

    @Test("List, example 6")
    func example6OfList() throws {
        let message = Tails.List(kind: 4, items: nil, text: nil, latin: nil, value: .pair(left: "ab", right: 42))
        let frame: Bytes = [0x02, 0x00, 0x08, 0x04, 0x00, 0x01, 0x61, 0x62, 0x2A, 0xBE, 0xEF]
        try expect(message, frame)
    }

    @Test("List, example 7")
    func example7OfList() throws {
        let message = Tails.List(kind: 5, items: nil, text: nil, latin: nil, value: nil)
        let frame: Bytes = [0x02, 0x00, 0x03, 0x05, 0xBE, 0xEF]
        try expect(message, frame)
    }

    @Test("List, malformed 1: The name of an item is longer than the items.")
    func malformed1OfList() {
        let payload: Bytes = [0x01, 0x02, 0x61, 0xBE, 0xEF]
        expectRefusal(of: Tails.List.self, payload: payload)
    }

    @Test("List, malformed 2: The end is another.")
    func malformed2OfList() {
        let payload: Bytes = [0x02, 0x68, 0x69, 0xBE, 0xEE]
        expectRefusal(of: Tails.List.self, payload: payload)
    }

    @Test("List, malformed 3: The payload ends within the end.")
    func malformed3OfList() {
        let payload: Bytes = [0x02, 0xBE]
        expectRefusal(of: Tails.List.self, payload: payload)
    }

    @Test("List, malformed 4: Without a value there are no bytes.")
    func malformed4OfList() {
        let payload: Bytes = [0x03, 0x00, 0x00, 0xBE, 0xEF]
        expectRefusal(of: Tails.List.self, payload: payload)
    }

    @Test("List, malformed 5: A value of the second case has no bytes.")
    func malformed5OfList() {
        let payload: Bytes = [0x04, 0x00, 0x02, 0x00, 0xBE, 0xEF]
        expectRefusal(of: Tails.List.self, payload: payload)
    }

    @Test("List, malformed 6: There is no value.")
    func malformed6OfList() {
        let payload: Bytes = [0x05, 0x00, 0xBE, 0xEF]
        expectRefusal(of: Tails.List.self, payload: payload)
    }

    /// Expects that `message` is encoded as `frame`, and decoded from it.
    private func expect<M: Message>(
        _ message: M,
        _ frame: Bytes,
        header: HeaderBytes = HeaderBytes(),
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var writer = ByteWriter()
        try FrameEncoder(Tails.frameFormat).encode(message, header: header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
        var reader = ByteReader(frame)
        let decoder = FrameDecoder(Tails.frameFormat)
        guard case .frame(let found) = decoder.next(in: &reader) else {
            Issue.record("no whole frame", sourceLocation: location)
            return
        }
        #expect(found.code == M.code, sourceLocation: location)
        let decoded = try decoder.payload(of: found, in: &reader) { payload throws(PayloadError) in
            try M(payload: &payload)
        }
        // Compares bytes, because NaN is not equal to itself.
        try FrameEncoder(Tails.frameFormat).encode(decoded, header: found.header, into: &writer)
        #expect(writer.takeBytes() == frame, sourceLocation: location)
    }

    /// Expects that `payload` is not decoded as a `message`.
    private func expectRefusal<M: Message>(
        of message: M.Type,
        payload: Bytes,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let maximum = M.maximumPayload ?? Tails.frameFormat.maximumPayload
        guard payload.count <= maximum else { return }
        #expect(throws: PayloadError.self, sourceLocation: location) {
            var reader = ByteReader(payload)
            _ = try M(payload: &reader)
        }
    }
}
