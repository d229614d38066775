import NET001
import SwitchboardTesting
import TestSupport
import Testing

@Suite("A client of a test server", .timeLimit(.minutes(Patience.minutes)))
struct TestClientTests {
    @Test("has its requests answered, by handlers that wait, too, and gets what others broadcast")
    func requests() async throws {
        let server = try makeServer { _ in
        } _: { router in
            router.on(NET001.Auth.self) { _, _ in
                await Task.yield()
                return NET001.AuthReply(success: true, sessionID: "1")
            }
        }
        let client = try server.makeClient(from: "192.0.2.1")
        let peer = try server.connect()
        #expect(try await client.echo("hello") == "hello")
        #expect(try await client.authenticate(username: "ada", token: "lovelace") == "1")
        try await client.broadcast("news")
        #expect(try await peer.receive(NET001.Broadcast.self).message == "news")
        try peer.send(NET001.Broadcast(message: "more news"))
        var incoming = client.incoming.makeAsyncIterator()
        #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: "more news"))
        #expect(server.openConnections == 2)
        await client.close()
        #expect(server.openConnections == 1)
        #expect(try await incoming.next() == nil)
    }

    @Test("sends more than fits between the two, from many tasks")
    func manyRequests() async throws {
        let client = try makeServer().makeClient()
        try await withThrowingTaskGroup { group in
            for number in 0..<50 as Range<UInt8> {
                group.addTask {
                    let data = Bytes([UInt8](repeating: number, count: 30_000))
                    let echo = try await client.echo(data)
                    #expect(echo == data)
                }
            }
            try await group.waitForAll()
        }
        await client.close()
    }

    /// Makes a server that holds the reply to AUTH until `release` ends; `begun` ends when its handler has been called.
    private func makeHoldingServer() throws -> (
        server: TestServer, begun: AsyncStream<Never>, release: AsyncStream<Never>.Continuation
    ) {
        let (begun, beginning) = AsyncStream.makeStream(of: Never.self)
        let (held, release) = AsyncStream.makeStream(of: Never.self)
        let server = try makeServer { _ in
        } _: { router in
            router.on(NET001.Auth.self) { _, _ in
                beginning.finish()
                for await _ in held {}
                return NET001.AuthReply(success: true, sessionID: "1")
            }
        }
        return (server, begun, release)
    }

    @Test("gives up a request when its task is cancelled, while no time passes")
    func cancellation() async throws {
        let (server, begun, release) = try makeHoldingServer()
        let client = try server.makeClient()
        let request = Task { try await client.authenticate(username: "ada", token: "lovelace") }
        for await _ in begun {}
        request.cancel()
        await #expect(throws: CancellationError.self) { try await request.value }
        release.finish()
        await client.close()
    }

    @Test("times out when time is let pass, and no earlier")
    func timeout() async throws {
        let (server, begun, release) = try makeHoldingServer()
        var configuration = ClientConfiguration()
        configuration.requestTimeout = .seconds(20)
        let client = try server.makeClient(configuration: configuration)
        let request = Task { try await client.authenticate(username: "ada", token: "lovelace") }
        for await _ in begun {}
        server.advance(by: .seconds(19))
        #expect(server.openConnections == 1)
        server.advance(by: .seconds(2))
        let error = await #expect(throws: ClientError.self) { try await request.value }
        #expect(error?.code == .timedOut)
        release.finish()
    }

    @Test("times out a single request exactly at its time")
    func requestTimeout() async throws {
        let (server, begun, release) = try makeHoldingServer()
        let client = try server.makeClient()
        let login = NET001.Auth(username: "ada", token: "lovelace")
        let request = Task { try await client.request(login, timeout: .seconds(2)) }
        for await _ in begun {}
        server.advance(by: .seconds(2))
        let error = await #expect(throws: ClientError.self) { try await request.value }
        #expect(error?.code == .timedOut)
        release.finish()
        await client.close()
    }

    @Test("calls its handlers with what the server sends without being asked")
    func handlers() async throws {
        let (texts, text) = AsyncStream.makeStream(of: Bytes.self)
        let server = try makeServer()
        let client = try server.makeClient()
        try client.on(NET001.Data.self) { text.yield($0.data) }
        try server.send(NET001.Data(data: "news"), to: .all)
        try server.broadcast(NET001.Data(data: "more news"))
        #expect(await texts.prefix(2).reduce(into: []) { $0.append($1) } == ["news", "more news"])
        await client.close()
    }

    @Test("is told when the server stops")
    func end() async throws {
        let server = try makeServer()
        let client = try server.makeClient()
        server.drain()
        var incoming = client.incoming.makeAsyncIterator()
        #expect((try await incoming.next() as? NET001.Error)?.code == .shuttingDown)
        let end = await #expect(throws: ClientError.self) { try await incoming.next() }
        #expect(end?.fault == .shuttingDown)
        let error = await #expect(throws: ClientError.self) { try await client.ping() }
        #expect(error?.fault == .shuttingDown)
        #expect(error?.mayHaveBeenHandled == false)
    }

    @Test("is closed when nobody has it any more, and the server goes with the last one")
    func unused() async throws {
        weak var gone: TestServer?
        do {
            let server = try makeServer()
            gone = server
            var client: Client? = try server.makeClient()
            _ = try await client?.ping()
            #expect(server.openConnections == 1)
            client = nil
            #expect(server.openConnections == 0)
        }
        // The queue that runs the server may not be done yet.
        while gone != nil { await Task.yield() }
    }

    @Test("refuses limits and addresses that make no sense")
    func configuration() throws {
        let server = try makeServer()
        var configuration = ClientConfiguration()
        configuration.incomingLimit = 0
        let senseless = configuration
        #expect(throws: ClientError.self) { try server.makeClient(configuration: senseless) }
        #expect(throws: TransportError.self) { try server.makeClient(from: "nowhere") }
        #expect(server.openConnections == 0)
    }
}
