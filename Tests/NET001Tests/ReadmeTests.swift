import Logging
import NET001
import Switchboard
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
        try pushNews()
        var incoming = client.incoming.makeAsyncIterator()
        #expect((try await incoming.next() as? NET001.Data)?.data == "news")

        await client.close()
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
}
