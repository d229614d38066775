import Switchboard
import SwitchboardTesting
import Testing

/// Sends messages in frames of several forms, in a protocol that is generated from `Golden/Stages.yaml`.
@Suite("Frames of several forms")
struct StagesTests {
    private static var router: Router {
        var router = Router(Stages.self)
        router.on(Stages.ClientGreeting.self) { greeting, context in
            try context.send(Stages.ServerGreeting(load: UInt16(greeting.name.utf8.count)))
        }
        router.on(Stages.Upgrade.self) { _, _ in Stages.Accepted() }
        router.on(Stages.Begin.self) { _, _ in }
        router.on(Stages.Restart.self) { _, _ in }
        router.on(Stages.Ask.self) { question, _ in Stages.Tell(value: question.value + 1) }
        return router
    }

    private static func bytes(_ message: some Message) throws -> [UInt8] {
        Array(try FrameEncoder(Stages.frameFormat, as: .client).encode(message))
    }

    @Test("have their order in the streams of a server and its client")
    func conversation() async throws {
        let server = try TestServer(Self.router)
        let client = try server.makeClient()
        var incoming = client.incoming.makeAsyncIterator()
        try await client.send(Stages.ClientGreeting(name: "ada"))
        #expect(try await incoming.next() as? Stages.ServerGreeting == Stages.ServerGreeting(load: 3))
        for _ in 0..<2 {
            _ = try await client.request(Stages.Upgrade(level: 9))
            try await client.send(Stages.Begin(options: ["a", "b"]))
            #expect(try await client.request(Stages.Ask(value: 1)).value == 2)
            #expect(try await client.request(Stages.Ask(value: 5)).value == 6)
            try await client.send(Stages.Restart())
        }
    }

    @Test("are found however the stream arrives")
    func splits() throws {
        let messages: [any Message] = [
            Stages.ClientGreeting(name: "ada"), Stages.Upgrade(level: 1), Stages.Upgrade(level: 2),
            Stages.Begin(options: ["x"]), Stages.Ask(value: 3), Stages.Ask(value: 4), Stages.Restart(),
            Stages.Begin(options: []), Stages.Ask(value: 5),
        ]
        let stream = try messages.flatMap { try Self.bytes($0) }
        let found = try verifySplits(of: stream, speaking: Stages.self, from: .client)
        let codes = found.map { if case .message(let message) = $0 { message.code } else { MessageCode.unknown } }
        #expect(codes == messages.map { type(of: $0).code })
    }

    @Test("are handled one by one where they change, although they come together")
    func burst() async throws {
        let server = try TestServer(Self.router)
        let peer = try server.connect()
        let messages: [any Message] = [
            Stages.ClientGreeting(name: "ada"), Stages.Begin(options: []), Stages.Ask(value: 7), Stages.Restart(),
            Stages.Begin(options: []), Stages.Restart(), Stages.Begin(options: []), Stages.Ask(value: 8),
        ]
        peer.send(bytes: try messages.flatMap { try Self.bytes($0) })
        _ = try await peer.receive(Stages.ServerGreeting.self)
        #expect(try await peer.receive(Stages.Tell.self).value == 8)
        #expect(try await peer.receive(Stages.Tell.self).value == 9)
    }

    @Test(
        "are refused where others belong",
        arguments: [
            [Stages.Ask(value: 1)],
            [Stages.ClientGreeting(name: ""), Stages.Ask(value: 1)],
            [Stages.ClientGreeting(name: ""), Stages.Begin(options: []), Stages.Restart(), Stages.Ask(value: 1)],
        ] as [[any Message]]
    )
    func order(_ messages: [any Message]) async throws {
        let server = try TestServer(Self.router)
        let peer = try server.connect()
        for message in messages { peer.send(bytes: try Self.bytes(message)) }
        if messages.count > 1 { _ = try await peer.receive(Stages.ServerGreeting.self) }
        try await peer.receiveEnd()
        // A wrong peer costs others nothing.
        let client = try server.makeClient()
        try await client.send(Stages.ClientGreeting(name: "b"))
        try await client.send(Stages.Begin(options: []))
        #expect(try await client.request(Stages.Ask(value: 1)).value == 2)
    }

    @Test("end the connection when one of them is damaged, because the message may have changed the form")
    func damage() async throws {
        let server = try TestServer(Self.router)
        let peer = try server.connect()
        try peer.send(Stages.ClientGreeting(name: "ada"))
        var damaged = try Self.bytes(Stages.Upgrade(level: 1))
        damaged[damaged.count - 1] ^= 1
        peer.send(bytes: damaged)
        _ = try await peer.receive(Stages.ServerGreeting.self)
        try await peer.receiveEnd()
    }

    @Test("have limits of their own")
    func limits() throws {
        let encoder = FrameEncoder(Stages.frameFormat, as: .client)
        let most = String(repeating: "x", count: 97)
        #expect(throws: Never.self) { try encoder.encode(Stages.Begin(options: [most])) }
        #expect(throws: PayloadError.self) { try encoder.encode(Stages.Begin(options: [most, "y"])) }
        let format = Stages.frameFormat
        #expect(format.format(of: Stages.Begin.code).maximumPayload == 100)
        #expect(format.format(of: Stages.Ask.code).maximumPayload == format.maximumPayload)
    }
}
