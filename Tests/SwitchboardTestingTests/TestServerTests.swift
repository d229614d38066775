import NET001
import SwitchboardTesting
import TestSupport
import Testing

/// Makes a NET-001 server without rate limits.
func makeServer(
    _ configure: (inout ServerConfiguration) -> Void = { _ in },
    _ change: (inout Router) -> Void = { _ in }
) throws -> TestServer {
    var configuration = ServerConfiguration()
    configuration.rateLimit = 0
    configuration.globalRateLimit = 0
    configure(&configuration)
    var router = Router(NET001.self)
    router.register(PingResponder())
    router.register(EchoResponder())
    router.register(BroadcastRelay())
    change(&router)
    return try TestServer(router, configuration: configuration, patience: .seconds(Patience.seconds))
}

@Suite("A test server", .timeLimit(.minutes(Patience.minutes)))
struct TestServerTests {
    @Test("answers a request that needs no waiting at once")
    func request() async throws {
        let peer = try makeServer().connect()
        #expect(try await peer.request(NET001.Ping(timestamp: 7)) == NET001.Pong(timestamp: 7))
    }

    @Test("lets handlers wait")
    func waitingHandlers() async throws {
        let server = try makeServer { _ in
        } _: { router in
            router.on(NET001.Data.self) { _, context in
                await Task.yield()
                try context.send(NET001.Pong(timestamp: 1))
            }
        }
        let peer = try server.connect()
        try peer.send(NET001.Data(data: "x"))
        #expect(try await peer.receive(NET001.Pong.self).timestamp == 1)
    }

    @Test("sees at once what a handler sends that waits, whenever it comes")
    func everyReply() async throws {
        let server = try makeServer { _ in
        } _: { router in
            router.on(NET001.Data.self) { data, context in
                for _ in 0..<data.data.count { await Task.yield() }
                try context.send(NET001.Pong(timestamp: 1))
            }
        }
        let peer = try server.connect()
        for round in 0..<2_000 {
            try peer.send(NET001.Data(data: Bytes(Array(repeating: 0, count: 1 + round % 8))))
            #expect(try await peer.receive(NET001.Pong.self).timestamp == 1)
        }
    }

    @Test("serves peers that wait in different tasks")
    func manyTasks() async throws {
        let server = try makeServer { _ in
        } _: { router in
            router.on(NET001.Data.self) { _, context in
                for _ in 0..<3 { await Task.yield() }
                try context.send(NET001.Pong(timestamp: 1))
            }
        }
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 {
                let peer = try server.connect()
                group.addTask {
                    for _ in 0..<50 {
                        try peer.send(NET001.Data(data: "x"))
                        let reply = try await peer.receive(NET001.Pong.self)
                        #expect(reply.timestamp == 1)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("throws the error message that comes instead of a reply")
    func errorMessage() async throws {
        let server = try makeServer { _ in
        } _: { router in
            router.use(Refusal(), for: NET001.Ping.self)
        }
        let peer = try server.connect()
        let error = await #expect(throws: NET001.Error.self) { try await peer.request(NET001.Ping(timestamp: 7)) }
        #expect(error?.code == .authenticationFailed)
    }

    @Test("lets time pass only when it is told to, and everything in its order")
    func time() async throws {
        let server = try makeServer { $0.idleTimeout = .seconds(3600) }
        let (early, late) = (try server.connect(), try server.connect())
        server.advance(by: .seconds(3599))
        #expect(try await late.request(NET001.Ping(timestamp: 1)).timestamp == 1)
        #expect(!early.hasEnded)
        server.advance(by: .seconds(2))
        #expect(try await early.receive(NET001.Error.self).code == .timeout)
        try await early.receiveEnd()
        server.advance(by: .seconds(3597))
        #expect(!late.hasEnded)
        server.advance(by: .seconds(3))
        #expect(try await late.receive(NET001.Error.self).code == .timeout)
        #expect(server.elapsed == .seconds(7201))
    }

    @Test("says what came instead of what was expected")
    func unexpected() async throws {
        let peer = try makeServer().connect()
        try peer.send(NET001.Ping(timestamp: 7))
        let error = await #expect(throws: TestError.self) { try await peer.receive(NET001.EchoReply.self) }
        #expect(error?.description == "received Pong instead of EchoReply")
        try peer.send(NET001.Ping(timestamp: 8))
        let end = await #expect(throws: TestError.self) { try await peer.receiveEnd() }
        #expect(end?.code == .unexpectedMessage)
    }

    @Test("does not wait for ever for what does not come")
    func nothing() async throws {
        var router = Router(NET001.self)
        router.register(PingResponder())
        let server = try TestServer(router, patience: .milliseconds(20))
        let peer = try server.connect()
        let error = await #expect(throws: TestError.self) { try await peer.receive(NET001.Pong.self) }
        #expect(error?.code == .nothingCame)
    }

    @Test("passes broadcasts on, and forgets those who have left")
    func broadcast() async throws {
        let server = try makeServer()
        let peers = try (0..<4).map { _ in try server.connect() }
        peers[3].close()
        try peers[0].send(NET001.Broadcast(message: "news"))
        for peer in peers[1...2] { #expect(try await peer.receive(NET001.Broadcast.self).message == "news") }
        #expect(server.openConnections == 3)
        peers[2].reset()
        peers[1].endOutput()
        #expect(server.openConnections == 1)
        try await peers[1].receiveEnd()
    }

    @Test("counts peers by the addresses that they come from")
    func addresses() async throws {
        let server = try makeServer { $0.maximumConnectionsPerAddress = 1 }
        let first = try server.connect(from: "192.0.2.1")
        let second = try server.connect(from: "192.0.2.1")
        let other = try server.connect(from: "2001:db8::1")
        #expect(try await second.receive(NET001.Error.self).code == .tooManyConnections)
        #expect(try await other.request(NET001.Ping(timestamp: 1)).timestamp == 1)
        #expect(try await first.request(NET001.Ping(timestamp: 2)).timestamp == 2)
    }

    @Test("stops in good order")
    func drain() async throws {
        let server = try makeServer()
        let peer = try server.connect()
        try peer.send(NET001.Ping(timestamp: 7))
        server.drain()
        #expect(try await peer.receive(NET001.Pong.self).timestamp == 7)
        #expect(try await peer.receive(NET001.Error.self).code == .shuttingDown)
        try await peer.receiveEnd()
    }
}

private struct Refusal: Middleware {
    func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        throw NET001.Error(code: .authenticationFailed, message: "no")
    }
}
