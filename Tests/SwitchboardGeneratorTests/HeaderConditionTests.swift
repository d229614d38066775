import Switchboard
import SwitchboardTesting
import Testing

/// Sends frames whose headers have different items, in protocols that are generated from `Golden/Wide.yaml`, `Golden/Formats.yaml` and
/// `Golden/Methods.yaml`.
@Suite("Items of headers that only some frames have")
struct HeaderConditionTests {
    private static var echo: Router {
        var router = Router(Wide.self)
        router.on(Wide.Say.self) { say, _ in Wide.Said(data: Bytes(utf8: say.text)) }
        return router
    }

    @Test("are left out of replies whose code has none of them, although a reply has the header of its request")
    func replies() async throws {
        var router = Router(Wide.self)
        router.on(Wide.Say.self) { say, context in
            let header = context.header(of: Wide.self)
            return Wide.Said(data: Bytes(utf8: "\(say.text) \(header.stamp ?? 0) \(header.level?.rawValue ?? 0)"))
        }
        let server = try TestServer(router)
        let client = try server.makeClient()
        let header = Wide.Header(stamp: 0xABCDEF, mask: Bytes(utf8: "mask"), level: .high, rest: nil)
        #expect(try await client.request(Wide.Say(text: "hi"), header: header).data == Bytes(utf8: "hi 11259375 9"))
    }

    @Test("are asked for, and refused where frames have none")
    func agreement() throws {
        let encoder = FrameEncoder(Wide.frameFormat, as: .client)
        func error(_ header: Wide.Header, note: UInt8? = nil) -> PayloadError? {
            do throws(PayloadError) {
                _ = try encoder.encode(Wide.Say(text: "", note: note), header: HeaderBytes(of: header))
                return nil
            } catch { return error }
        }
        #expect(error(Wide.Header(stamp: 1)) == nil)
        #expect(error(Wide.Header()) == PayloadError(.inconsistent, field: "stamp"))
        #expect(error(Wide.Header(stamp: 1, mask: Bytes(utf8: "mask"))) == PayloadError(.inconsistent, field: "level"))
        #expect(error(Wide.Header(stamp: 1, rest: 5)) == PayloadError(.inconsistent, field: "rest"))
        #expect(error(Wide.Header(more: true, stamp: 1, rest: 5), note: 3) == nil)
        #expect(error(Wide.Header(stamp: 0x0100_0000)) == PayloadError(.outOfBounds, field: "stamp"))
    }

    @Test("may be the long or the short length, whichever is needed", arguments: [0, 253, 254, 255, 60_000])
    func lengths(_ count: Int) async throws {
        let text = String(repeating: "a", count: count)
        let frame = try FrameEncoder(Wide.frameFormat, as: .client)
            .encode(Wide.Say(text: text), header: HeaderBytes(of: Wide.Header(stamp: 1)))
        // The text has a length of two bytes before it.
        let isLong = count + 2 > 255
        #expect(frame.count == 3 + 3 + (isLong ? 4 : 1) + 1 + 2 + 2 + count)
        let server = try TestServer(Self.echo)
        let peer = try server.connect()
        peer.send(bytes: Array(frame))
        #expect(try await peer.receive(Wide.Said.self).data == Bytes(utf8: text))
    }

    @Test("decide what the bits of a byte mean")
    func formats() async throws {
        var router = Router(Formats.self)
        router.on(Formats.Start.self) { _, context in
            try context.send(Formats.Acknowledge(), header: Formats.Header(receive: 32_767))
        }
        router.on(Formats.Acknowledge.self) { _, _ in }
        router.on(Formats.Measure.self) { measure, context in
            let header = context.header(of: Formats.self)
            let sum = (header.send ?? 0) + (header.receive ?? 0)
            try context.send(measure, header: Formats.Header(send: sum, receive: header.send))
        }
        let server = try TestServer(router)
        let client = try server.makeClient()
        var incoming = client.incoming.makeAsyncIterator()
        try await client.send(Formats.Start())
        #expect(try await incoming.next() is Formats.Acknowledge)
        let measure = Formats.Measure(first: .high, third: 9, size: 1, data: Bytes(utf8: "x"))
        try await client.send(measure, header: Formats.Header(send: 3, receive: 4))
        #expect(try await incoming.next() as? Formats.Measure == measure)
        let short = Formats.Measure(level: -64, data: Bytes())
        try await client.send(short, header: Formats.Header(send: 0, receive: 0))
        #expect(try await incoming.next() as? Formats.Measure == short)
    }

    @Test("count in a length that is known after them")
    func counted() async throws {
        var router = Router(Methods.self)
        router.on(Methods.Add.self) { numbers, _ in Methods.Sum(value: Int16(numbers.left) + Int16(numbers.right)) }
        let server = try TestServer(router)
        let client = try server.makeClient()
        for header in [Methods.Header(), Methods.Header(tag: 7), Methods.Header(tag: 0, depth: .max)] {
            #expect(try await client.request(Methods.Add(left: 100, right: 100), header: header).value == 200)
        }
    }
}
