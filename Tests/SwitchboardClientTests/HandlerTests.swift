import NET001
import Switchboard
import Synchronization
import TestSupport
import Testing

@Suite("A client with handlers", .timeLimit(.minutes(Patience.minutes)))
struct HandlerTests {
    /// Whether a handler is running.
    private final class Activity: Sendable {
        private let isRunning = Mutex(false)

        func begin() { #expect(isRunning.withLock { exchange(&$0, true) } == false) }
        func end() { #expect(isRunning.withLock { exchange(&$0, false) } == true) }

        private func exchange(_ value: inout Bool, _ new: Bool) -> Bool {
            defer { value = new }
            return value
        }
    }

    @Test("calls them one at a time, in the order of arrival, and leaves other messages in incoming")
    func order() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: String.self)
        let activity = Activity()
        try await withClient { peer in
            // The handlers are registered then.
            _ = try peer.receive(count: dataSize)
            for number in 0..<20 {
                try peer.send(NET001.Broadcast(message: Bytes(utf8: "\(number)")))
                try peer.send(NET001.Data(data: Bytes(utf8: "\(number)")))
                try peer.send(NET001.Error(code: .rateLimited, message: "\(number)"))
            }
            peer.waitForEnd()
        } _: { client in
            try client.on(NET001.Broadcast.self) { message in
                activity.begin()
                await Task.yield()
                continuation.yield("Broadcast \(message.message)")
                activity.end()
            }
            try client.on(NET001.Data.self) { message in
                activity.begin()
                continuation.yield("Data \(message.data)")
                activity.end()
            }
            try await client.sendData("go")
            var received: [String] = []
            for await call in calls.prefix(40) { received.append(call) }
            let texts = (0..<20).map { Bytes(utf8: "\($0)") }
            #expect(received == texts.flatMap { ["Broadcast \($0)", "Data \($0)"] })
            var incoming = client.incoming.makeAsyncIterator()
            for number in 0..<20 {
                let error = NET001.Error(code: .rateLimited, message: "\(number)")
                #expect(try await incoming.next() as? NET001.Error == error)
            }
        }
    }

    @Test("gives a handler the messages that came before its registration, in their order")
    func earlierMessages() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: Bytes.self)
        try await withClient { peer in
            for text in ["1", "2", "3"] as [Bytes] {
                try peer.send(NET001.Data(data: text))
                try peer.send(NET001.Broadcast(message: text))
            }
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Pong(timestamp: 1))
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Data(data: "4"))
            try peer.send(NET001.Pong(timestamp: 2))
            peer.waitForEnd()
        } _: { client in
            _ = try await client.request(NET001.Ping(timestamp: 1))
            try client.on(NET001.Data.self) { continuation.yield($0.data) }
            _ = try await client.request(NET001.Ping(timestamp: 2))
            #expect(await calls.prefix(4).reduce(into: []) { $0.append($1) } == ["1", "2", "3", "4"])
            var incoming = client.incoming.makeAsyncIterator()
            for text in ["1", "2", "3"] as [Bytes] {
                #expect(try await incoming.next() as? NET001.Broadcast == NET001.Broadcast(message: text))
            }
        }
    }

    @Test("sends requests from a handler, and receives their replies while the handler waits")
    func requestsInHandler() async throws {
        let (replies, continuation) = AsyncStream.makeStream(of: UInt64.self)
        try await withClient { peer in
            try peer.send(NET001.Data(data: "now"))
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Data(data: "again"))
            try peer.send(NET001.Pong(timestamp: 5))
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Pong(timestamp: 6))
            peer.waitForEnd()
        } _: { client in
            try client.on(NET001.Data.self) { _ in
                guard let pong = try? await client.request(NET001.Ping(timestamp: 0)) else { return }
                continuation.yield(pong.timestamp)
            }
            #expect(await replies.prefix(2).reduce(into: []) { $0.append($1) } == [5, 6])
        }
    }

    @Test("drops the oldest messages when a handler is slow, counts them, and says when that begins")
    func limit() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: Bytes.self)
        let (held, release) = AsyncStream.makeStream(of: Never.self)
        try await withClient {
            $0.incomingLimit = 2
        } of: { peer in
            try peer.send(NET001.Data(data: "first"))
            _ = try peer.receive(count: pingSize)
            for number in 0..<5 { try peer.send(NET001.Data(data: Bytes(utf8: "\(number)"))) }
            try peer.send(NET001.Pong(timestamp: 1))
            peer.waitForEnd()
        } _: { client in
            try client.on(NET001.Data.self) { message in
                continuation.yield(message.data)
                for await _ in held {}
            }
            var arrivals = calls.makeAsyncIterator()
            #expect(await arrivals.next() == "first")
            _ = try await client.request(NET001.Ping(timestamp: 1))
            #expect(client.incoming.droppedCount == 3)
            release.finish()
            #expect(await arrivals.next() == "3")
            #expect(await arrivals.next() == "4")
            await client.close()
            let totals = await client.events.reduce(into: [Int]()) { totals, event in
                if case .droppingMessages(let total) = event { totals.append(total) }
            }
            #expect(totals == [1])
        }
    }

    @Test("calls them for all that came before the server closed the connection")
    func serverCloses() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: Bytes.self)
        let (held, release) = AsyncStream.makeStream(of: Never.self)
        try await withClient { peer in
            for number in 0..<3 { try peer.send(NET001.Data(data: Bytes(utf8: "\(number)"))) }
        } _: { client in
            try client.on(NET001.Data.self) { message in
                for await _ in held {}
                #expect(!Task.isCancelled)
                continuation.yield(message.data)
            }
            var incoming = client.incoming.makeAsyncIterator()
            await #expect(throws: ClientError.self) { try await incoming.next() }
            release.finish()
            #expect(await calls.prefix(3).reduce(into: []) { $0.append($1) } == ["0", "1", "2"])
        }
    }

    @Test(
        "gives a handler what came before, also when the server has closed the connection since, one message at a time"
    )
    func registeredAfterTheEnd() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: String.self)
        let (held, release) = AsyncStream.makeStream(of: Never.self)
        try await withClient { peer in
            for text in ["1", "2"] as [Bytes] {
                try peer.send(NET001.Data(data: text))
                try peer.send(NET001.Broadcast(message: text))
            }
        } _: { client in
            for await event in client.events { if case .disconnected = event { break } }
            try client.on(NET001.Data.self) { message in
                for await _ in held {}
                continuation.yield("Data \(message.data)")
            }
            try client.on(NET001.Broadcast.self) { continuation.yield("Broadcast \($0.message)") }
            var incoming = client.incoming.makeAsyncIterator()
            await #expect(throws: ClientError.self) { try await incoming.next() }
            release.finish()
            let received = await calls.prefix(4).reduce(into: []) { $0.append($1) }
            let (first, second) = (Bytes(utf8: "1"), Bytes(utf8: "2"))
            #expect(received == ["Data \(first)", "Data \(second)", "Broadcast \(first)", "Broadcast \(second)"])
        }
    }

    @Test("cancels the handler that runs when the client is closed, and calls no further one")
    func close() async throws {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Bytes.self)
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        try await withClient { peer in
            for number in 0..<3 { try peer.send(NET001.Data(data: Bytes(utf8: "\(number)"))) }
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Pong(timestamp: 1))
            peer.waitForEnd()
        } _: { client in
            try client.on(NET001.Data.self) { message in
                arrival.yield(message.data)
                let (never, _) = AsyncStream.makeStream(of: Never.self)
                for await _ in never {}
                end.yield(Task.isCancelled)
                end.finish()
            }
            var calls = arrivals.makeAsyncIterator()
            #expect(await calls.next() == "0")
            _ = try await client.request(NET001.Ping(timestamp: 1))
            await client.close()
            #expect(await ends.reduce(into: []) { $0.append($1) } == [true])
            arrival.finish()
            #expect(await calls.next() == nil)
        }
    }

    @Test("is released with its last reference, also with handlers")
    func released() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Never.self)
        let server = try FakeServer()
        server.accept { peer in
            peer.waitForEnd()
            end.finish()
        }
        var client: Client? = try await Client.connect(host: "127.0.0.1", port: server.port, speaking: NET001.self)
        try client?.on(NET001.Data.self) { _ in }
        client = nil
        // The server sees the end of the connection.
        for await _ in ends {}
    }

    @Test("replaces a handler by a later one for the same message")
    func replacement() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: String.self)
        try await withClient { peer in
            _ = try peer.receive(count: pingSize)
            try peer.send(NET001.Data(data: "x"))
            peer.waitForEnd()
        } _: { client in
            try client.on(NET001.Data.self) { _ in continuation.yield("earlier") }
            try client.on(NET001.Data.self) { _ in continuation.yield("later") }
            let ping = Task { try await client.request(NET001.Ping(timestamp: 1)) }
            var arrivals = calls.makeAsyncIterator()
            #expect(await arrivals.next() == "later")
            ping.cancel()
        }
    }

    @Test("keeps them on the connection after the next, whether they were registered before or by onConnect")
    func reconnect() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: String.self)
        let server = try FakeServer()
        for number in 0..<2 {
            server.accept { peer in
                try peer.send(NET001.Data(data: Bytes(utf8: "\(number)")))
                try peer.send(NET001.Broadcast(message: Bytes(utf8: "\(number)")))
                if number == 1 { peer.waitForEnd() }
            }
        }
        var configuration = ClientConfiguration()
        var policy = ReconnectPolicy()
        policy.initialDelay = .milliseconds(1)
        configuration.reconnect = policy
        configuration.onConnect = { client in
            try client.on(NET001.Data.self) { continuation.yield("Data \($0.data)") }
        }
        let client = try await Client.connect(
            host: "127.0.0.1",
            port: server.port,
            speaking: NET001.self,
            configuration: configuration
        )
        try client.on(NET001.Broadcast.self) { continuation.yield("Broadcast \($0.message)") }
        let received = await calls.prefix(4).reduce(into: Set<String>()) { $0.insert($1) }
        let (first, second) = (Bytes(utf8: "0"), Bytes(utf8: "1"))
        #expect(received == ["Data \(first)", "Broadcast \(first)", "Data \(second)", "Broadcast \(second)"])
        await client.close()
    }

    @Test("refuses a handler for a message that the server does not send, or sends only as a reply")
    func mistakes() async throws {
        try await withClient { peer in
            peer.waitForEnd()
        } _: { client in
            let request = #expect(throws: ClientError.self) { try client.on(NET001.Ping.self) { _ in } }
            #expect(request?.code == .notSentByServers)
            #expect(request?.description == "servers may not send Ping in the protocol NET001")
            let reply = #expect(throws: ClientError.self) { try client.on(NET001.Pong.self) { _ in } }
            #expect(reply?.description == "servers send Pong only as the reply to a request")
            let foreign = #expect(throws: ClientError.self) { try client.on(NumberedByteProtocol.News.self) { _ in } }
            #expect(foreign?.code == .notSentByServers)
        }
    }
}
