import Logging
import NET001
import Switchboard
import SwitchboardTesting
import Testing

@Suite("What README shows")
struct ReadmeTests {
    @Test("works")
    func handlers() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try Server(makeReadmeRouter(), configuration: .init(port: 0), logger: logger)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: NET001.self)

        #expect(try await client.echo("Hello, Server!") == "HELLO, SERVER!")
        let together = try await readAll(["one", "two"], with: client)
        #expect(Set(together.map { String(validating: $0) }) == ["ONE", "TWO"])
        let steady = try await connectForGood("127.0.0.1", port, token: "s3cret")
        try await steady.sendData("signed")
        _ = try await steady.ping()
        await steady.close()
        let refusal = await #expect(throws: NET001.Error.self) { try await client.echo([0xFF]) }
        #expect(refusal?.code == .malformedPayload)

        try await client.sendData("too early")
        var incoming = client.incoming.makeAsyncIterator()
        #expect((try await incoming.next() as? NET001.Error)?.code == .authenticationFailed)
        #expect(try await client.authenticate(username: "alice", token: "s3cret") != nil)
        try await client.sendData("in time")
        _ = try await client.ping()

        await client.close()
        running.cancel()
        try await running.value
    }

    @Test("logs a peer in, counts its messages and pushes news to it")
    func table() async throws {
        var router = Router(NET001.self)
        router.register(LoginResponder(sessionID: "1"))
        router.on(NET001.Echo.self) { message, context in
            countMessage(context)
            if message.data == "push" { try pushNews(context) }
            return NET001.EchoReply(data: Bytes(utf8: "\(context.session[Count.self] ?? 0)"))
        }
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try Server(router, configuration: makeTableConfiguration(), logger: logger)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(
            host: "127.0.0.1",
            port: port,
            speaking: NET001.self,
            configuration: makeTableClientConfiguration()
        )

        let refusal = await #expect(throws: NET001.Error.self) { try await client.echo("too early") }
        #expect(refusal?.code == .authenticationFailed)
        #expect(try await client.authenticate(username: "alice", token: "s3cret") == "1")
        #expect(try await client.echo("") == "1")
        #expect(try await client.echo("") == "2")
        try pushNews(server)
        var incoming = client.incoming.makeAsyncIterator()
        #expect((try await incoming.next() as? NET001.Data)?.data == "news")
        #expect(try await client.echo("push") == "3")
        #expect((try await incoming.next() as? NET001.Data)?.data == "news")

        await client.close()
        running.cancel()
        try await running.value
    }

    @Test("sends to a room, lists its members and disconnects a user's other connections")
    func rooms() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try Server(makeLobbyRouter(), configuration: .init(port: 0), logger: logger)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        let port = try await server.listeningAddress.port
        var clients: [Client] = []
        for _ in 0..<3 {
            clients.append(try await Client.connect(host: "127.0.0.1", port: port, speaking: NET001.self))
        }
        var incoming = clients.map { $0.incoming.makeAsyncIterator() }
        for index in clients.indices {
            #expect((try await incoming[index].next() as? NET001.Data)?.data == "welcome to the lobby")
        }
        let session = try await clients[0].authenticate(username: "alice", token: "x")
        #expect(session.flatMap { SessionID($0) } != nil)
        #expect(try await clients[1].echo("") == "a guest, a guest, alice")
        try await clients[1].broadcast("hello")
        for index in [0, 2] {
            #expect((try await incoming[index].next() as? NET001.Broadcast)?.message == "hello")
        }
        _ = try await clients[1].authenticate(username: "alice", token: "x")
        #expect((try await incoming[0].next() as? NET001.Error)?.message == "logged in elsewhere")
        await #expect(throws: ClientError.self) { try await incoming[0].next() }
        try await announce(server)
        #expect((try await incoming[1].next() as? NET001.Data)?.data == "maintenance at noon")
        #expect((try await incoming[2].next() as? NET001.Data)?.data == "maintenance at noon")
        await #expect(throws: ClientError.self) { try await incoming[2].next() }
        // The peer sees the end of its connection before the server has forgotten the connection.
        var members = try await clients[1].echo("")
        for _ in 0..<1000 where members != "alice" { members = try await clients[1].echo("") }
        #expect(members == "alice")
        for client in clients { await client.close() }
        running.cancel()
        try await running.value
    }

    @Test("lets users of one's own database in")
    func members() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let members = Members { user, token in
            if user == "nobody" { throw CancellationError() }
            if user == "late" { throw AuthenticatorIsBusy() }
            return (user, token) == ("ada", "lovelace")
        }
        let server = try Server(.net001(authenticator: members), configuration: .init(port: 0), logger: logger)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: NET001.self)

        #expect(try await client.authenticate(username: "ada", token: "byron") == nil)
        #expect(try await client.authenticate(username: "ada", token: "lovelace")?.utf8.count == 32)
        let failure = await #expect(throws: NET001.Error.self) {
            try await client.authenticate(username: "nobody", token: "x")
        }
        #expect(failure?.code == .internal)
        let busy = await #expect(throws: NET001.Error.self) {
            try await client.authenticate(username: "late", token: "x")
        }
        #expect(busy?.code == .rateLimited)

        await client.close()
        running.cancel()
        try await running.value
    }

    @Test("answers a search that takes too long with the error of the article")
    func handlerTimeout() async throws {
        struct Slow: Index {
            func find(_ data: Bytes) async throws -> Bytes {
                try await Task.sleep(for: .seconds(3600))
                return data
            }
        }
        var router = Router.searching(Slow())
        addReadyMiddleware(to: &router)
        let server = try TestServer(router)
        let peer = try server.connect()
        try peer.send(NET001.Echo(data: "hello"))
        server.advance(by: .seconds(2))
        #expect(try await peer.receive(NET001.Error.self).message == "try again later")
    }

    @Test("has what the article about clients shows")
    func client() async throws {
        let server = try TestServer(makeReadmeRouter())
        let client = try server.makeClient()
        try printNews(client)
        #expect(try await echoWithinTwoSeconds(client).data == "HELLO")
        await client.close()
    }
}
