import Dispatch
import NET001
import Switchboard
import Synchronization
import TestSupport
import Testing

private let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Starts a server; a test can stop it, and start another one on its port.
private func startServer(port: Int = 0, idleTimeout: Duration = .seconds(60)) async throws -> (
    Task<Void, any Error>, Int
) {
    var configuration = ServerConfiguration(port: port, eventLoops: 1)
    configuration.idleTimeout = idleTimeout
    let server = try Server(.net001(), configuration: configuration, logger: silent)
    let running = Task { try await server.run(gracefulShutdownSignals: []) }
    return (running, try await server.listeningAddress.port)
}

private func stop(_ server: Task<Void, any Error>) async throws {
    server.cancel()
    try await server.value
}

/// Sends PING until a reply comes: a request fails if it goes to a connection whose end the client has
/// not noticed yet.
private func pingUntilAnswered(_ client: Client) async {
    while (try? await client.ping()) == nil { await Task.yield() }
}

private func connect(
    _ port: Int,
    _ configure: (inout ClientConfiguration) -> Void = { _ in }
) async throws -> Client {
    var configuration = ClientConfiguration()
    configure(&configuration)
    return try await Client.connect(
        host: "127.0.0.1",
        port: port,
        speaking: NET001.self,
        configuration: configuration
    )
}

private func soon() -> ReconnectPolicy {
    var policy = ReconnectPolicy()
    policy.initialDelay = .milliseconds(1)
    policy.maximumDelay = .milliseconds(20)
    return policy
}

@Suite("A client's heartbeat")
struct HeartbeatTests {
    @Test("keeps a connection that its user does not use")
    func keepsAlive() async throws {
        let (server, port) = try await startServer(idleTimeout: .seconds(5))
        let client = try await connect(port) { $0.heartbeatInterval = .milliseconds(100) }
        let without = try await connect(port) { $0.heartbeatInterval = .zero }
        var incoming = without.incoming.makeAsyncIterator()
        #expect((try await incoming.next() as? NET001.Error)?.code == .timeout)
        _ = try await client.ping()
        // The client without a connection reports that, and still reports a mistake in a message.
        let error = await #expect(throws: ClientError.self) { try await without.ping() }
        #expect(error?.code == .closed)
        #expect(error?.fault == .timeout)
        #expect(error?.mayHaveBeenHandled == false)
        #expect(error?.description.hasPrefix("the server closed the connection: ") == true)
        #expect(error?.description.hasSuffix("; it was not sent") == true)
        let unsent = await #expect(throws: ClientError.self) { try await without.sendData("x") }
        #expect(unsent == error)
        let oversized = Bytes([UInt8](repeating: 0, count: 70_000))
        await #expect(throws: PayloadError.self) { try await without.echo(oversized) }
        await #expect(throws: PayloadError.self) { try await without.sendData(oversized) }
        await client.close()
        try await stop(server)
    }

    @Test("that is not answered ends the connection")
    func deadServer() async throws {
        let server = try FakeServer()
        server.accept { $0.waitForEnd() }
        let client = try await connect(server.port) {
            $0.heartbeatInterval = .milliseconds(50)
            $0.requestTimeout = .milliseconds(100)
        }
        var incoming = client.incoming.makeAsyncIterator()
        await #expect(throws: ClientError.self) { try await incoming.next() }
        let error = await #expect(throws: ClientError.self) { try await client.ping() }
        #expect(error?.description == "the server did not answer a heartbeat in time; it was not sent")
    }

    @Test("and its answer are not seen by anybody")
    func unseen() async throws {
        let server = try FakeServer()
        server.accept { peer in
            let ping = try peer.receive(count: 20)
            try peer.send(NET001.Pong(timestamp: ping[8..<16].reduce(0) { $0 << 8 | UInt64($1) }))
            try peer.send(NET001.Data(data: "after"))
            peer.waitForEnd()
        }
        let client = try await connect(server.port) { $0.heartbeatInterval = .milliseconds(50) }
        var incoming = client.incoming.makeAsyncIterator()
        #expect(try await incoming.next() as? NET001.Data == NET001.Data(data: "after"))
        await client.close()
    }
}

@Suite("A client that reconnects", .timeLimit(.minutes(Patience.minutes)))
struct ReconnectTests {
    @Test("finds the server that takes the place of another, and goes on with what comes")
    func comesBack() async throws {
        let (first, port) = try await startServer()
        let client = try await connect(port) { $0.reconnect = soon() }
        _ = try await client.ping()
        try await stop(first)
        let (second, _) = try await startServer(port: port)
        await pingUntilAnswered(client)

        let other = try await connect(port)
        try await other.broadcast("news")
        var incoming = client.incoming.makeAsyncIterator()
        #expect((try await incoming.next() as? NET001.Error)?.code == .shuttingDown)
        #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: "news"))

        var events = client.events.makeAsyncIterator()
        guard case .connected = await events.next() else { return #expect(Bool(false), "it was connected first") }
        guard case .disconnected(_, retryingIn: .some) = await events.next() else {
            return #expect(Bool(false), "it was disconnected then")
        }
        await other.close()
        await client.close()
        try await stop(second)
    }

    @Test("does not send what it has said to be unsent, not even while it closes")
    func unsentRequests() async throws {
        let server = try FakeServer()
        let (received, continuation) = AsyncStream.makeStream(of: Int.self)
        let data = Bytes([UInt8](repeating: 7, count: 60_000))
        let frameSize = data.count + 12
        let (hasBegun, hasFailed) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        server.accept { peer in
            _ = try peer.receive(count: frameSize)
            hasBegun.wait()
            peer.endOutput()
            // Until then, the server reads nothing more, so that most of the output stays pending at
            // the client.
            hasFailed.wait()
            continuation.yield(1 + peer.countToEnd() / frameSize)
        }
        let client = try await connect(server.port) { $0.heartbeatInterval = .zero }
        // When its task first waits, each request has been passed to the connection.
        let requests = (0..<200).map { _ in Task.immediate { try await client.echo(data) } }
        hasBegun.signal()
        var unsent = 0
        for request in requests {
            guard case .failure(let error as ClientError) = await request.result else { continue }
            if !error.mayHaveBeenHandled { unsent += 1 }
        }
        hasFailed.signal()
        await client.close()
        var counts = received.makeAsyncIterator()
        let count = try #require(await counts.next())
        #expect(unsent > 0)
        #expect(count <= requests.count - unsent, "\(count) came, and \(unsent) were said to be unsent")
    }

    @Test("lets requests in flight fail at once, and never sends them again")
    func inFlight() async throws {
        let server = try FakeServer()
        let requests = Atomic(0)
        server.accept { peer in
            _ = try peer.receive(count: 20)
            requests.add(1, ordering: .relaxed)
        }
        let client = try await connect(server.port) { $0.reconnect = soon() }
        let error = await #expect(throws: ClientError.self) { try await client.ping() }
        #expect(error?.mayHaveBeenHandled == true)
        server.accept { peer in
            let ping = try peer.receive(count: 20)
            requests.add(1, ordering: .relaxed)
            try peer.send(ping)
            peer.waitForEnd()
        }
        // The fake server sends the request back, which violates the protocol: the client has sent the
        // request only once.
        await #expect(throws: ClientError.self) { try await client.ping() }
        #expect(requests.load(ordering: .relaxed) == 2)
        await client.close()
    }

    @Test("waits for the next connection with what is sent as soon as a request has failed with the last one")
    func atOnce() async throws {
        let server = try FakeServer()
        let client = try await connect(server.port) { $0.reconnect = soon() }
        for _ in 0..<100 {
            server.accept { peer in _ = try peer.receive(count: 20) }
            let error = await #expect(throws: ClientError.self) { try await client.ping() }
            #expect(error?.mayHaveBeenHandled == true, "it was not sent")
        }
        await client.close()
    }

    @Test("does what is to be done first on every new connection")
    func onConnect() async throws {
        let (first, port) = try await startServer()
        let sessions = Mutex<[String]>([])
        let client = try await connect(port) {
            $0.reconnect = soon()
            $0.onConnect = { client in
                let session = try await client.authenticate(username: "ada", token: "lovelace")
                sessions.withLock { $0.append(session ?? "refused") }
            }
        }
        #expect(sessions.withLock { $0.count } == 1)
        try await stop(first)
        let (second, _) = try await startServer(port: port)
        await pingUntilAnswered(client)
        #expect(Set(sessions.withLock { $0 }).count >= 2)
        await client.close()
        try await stop(second)
    }

    @Test("is closed when it is told to, also while there is no connection")
    func closes() async throws {
        let (server, port) = try await startServer()
        let client = try await connect(port) {
            $0.reconnect = ReconnectPolicy()
            $0.reconnect?.initialDelay = .seconds(3600)
            $0.reconnect?.maximumDelay = .seconds(3600)
        }
        var events = client.events.makeAsyncIterator()
        _ = await events.next()
        try await stop(server)
        guard case .disconnected(_, retryingIn: .some) = await events.next() else {
            return #expect(Bool(false), "it waits for the next attempt")
        }
        let request = Task { try await client.ping() }
        await client.close()
        await #expect(throws: ClientError.self) { try await request.value }
        guard case .disconnected(_, retryingIn: nil) = await events.next() else {
            return #expect(Bool(false), "that was the last of it")
        }
        #expect(await events.next() == nil)
    }

    @Test("gives up after as many attempts as it was told")
    func givesUp() async throws {
        let (server, port) = try await startServer()
        let client = try await connect(port) {
            $0.reconnect = soon()
            $0.reconnect?.maximumAttempts = 3
        }
        try await stop(server)
        var attempts = 0
        for await event in client.events {
            if case .disconnected(_, retryingIn: .some) = event { attempts += 1 }
        }
        #expect(attempts == 3)
        let error = await #expect(throws: TransportError.self) { try await client.ping() }
        #expect(error?.code == .cannotConnect)
    }

    @Test("waits no longer for a connection than a request may take")
    func waitsForConnection() async throws {
        let (server, port) = try await startServer()
        let client = try await connect(port) {
            $0.requestTimeout = .milliseconds(100)
            $0.reconnect = ReconnectPolicy()
            $0.reconnect?.initialDelay = .seconds(3600)
            $0.reconnect?.maximumDelay = .seconds(3600)
        }
        try await stop(server)
        var incoming = client.events.makeAsyncIterator()
        _ = await incoming.next()
        _ = await incoming.next()
        let error = await #expect(throws: ClientError.self) { try await client.ping() }
        #expect(error?.mayHaveBeenHandled == false)
        await client.close()
    }

    @Test("waits no longer for a connection than a request may take, however short that is")
    func hardlyWaits() async throws {
        let (server, port) = try await startServer()
        let client = try await connect(port) {
            $0.requestTimeout = .nanoseconds(1)
            $0.reconnect = ReconnectPolicy()
            $0.reconnect?.initialDelay = .seconds(3600)
            $0.reconnect?.maximumDelay = .seconds(3600)
        }
        try await stop(server)
        for await event in client.events {
            if case .disconnected = event { break }
        }
        for _ in 0..<1000 {
            let error = await #expect(throws: ClientError.self) { try await client.ping() }
            #expect(error?.mayHaveBeenHandled == false)
        }
        await client.close()
    }

    @Test("goes on with its events when a task that reads them is cancelled")
    func cancelledReader() async throws {
        let (server, port) = try await startServer()
        let client = try await connect(port)
        var events = client.events.makeAsyncIterator()
        guard case .connected = await events.next() else { return #expect(Bool(false), "it was connected first") }
        let reader = Task.immediate {
            var events = client.events.makeAsyncIterator()
            return await events.next()
        }
        reader.cancel()
        guard case nil = await reader.value else { return #expect(Bool(false), "the reader was cancelled") }
        try await stop(server)
        guard case .disconnected = await events.next() else { return #expect(Bool(false), "it was disconnected then") }
        #expect(await events.next() == nil)
    }

    @Test("refuses a policy that makes no sense")
    func policy() async {
        for change: (inout ReconnectPolicy) -> Void in [
            { $0.initialDelay = .zero }, { $0.maximumDelay = .milliseconds(1) }, { $0.maximumAttempts = 0 },
        ] {
            let error = await #expect(throws: ClientError.self) {
                try await connect(1) {
                    var policy = ReconnectPolicy()
                    change(&policy)
                    $0.reconnect = policy
                }
            }
            #expect(error?.code == .invalidConfiguration)
        }
    }
}
