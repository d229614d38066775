import BackplaneTestSupport
import Glibc
import NET001
import ServiceLifecycle
import Switchboard
import SwitchboardBackplane
import SwitchboardRedis
import TestSupport
import Testing

@Suite("Servers that are joined by Redis", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct JoinedServersTests {
    /// The size of every frame that the tests broadcast, in bytes.
    private static let frameBytes = 64

    /// A running server of NET-001, and a peer of it.
    private struct Joined {
        let server: Server
        let backplane: RedisBackplane
        let group: ServiceGroup
        let running: Task<Void, any Error>
        let peer: RawPeer

        init(_ url: String) async throws {
            var settings = RedisBackplaneConfiguration(url: try RedisURL(url))
            settings.replyTimeout = .seconds(30)
            settings.startTimeout = .seconds(60)
            settings.limits.holdTime = .seconds(600)
            backplane = try RedisBackplane(settings)
            var configuration = ServerConfiguration(port: 0, eventLoops: 2)
            configuration.removeLimits()
            configuration.drainTimeout = .seconds(60)
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            server = try Server(.net001(), configuration: configuration, backplane: backplane, logger: logger)
            group = ServiceGroup(services: [server], logger: logger)
            running = Task { [group] in try await group.run() }
            peer = try await RawPeer(port: server.listeningAddress.port)
            try await Self.checkAnswer(peer)
        }

        /// Sends a request, and expects its reply as the next bytes.
        static func checkAnswer(_ peer: RawPeer) async throws {
            let encoder = FrameEncoder(NET001.frameFormat)
            try await peer.send(encoder.encode(NET001.Ping(timestamp: 7)))
            let reply = try encoder.encode(NET001.Pong(timestamp: 7))
            #expect(try await peer.receive(count: reply.count) == reply)
        }

        func stop() async throws {
            await group.triggerGracefulShutdown()
            try await running.value
        }
    }

    /// Broadcasts with these numbers from a sender, one after another.
    private func broadcasts(_ numbers: Range<Int>, by sender: Int) throws -> Bytes {
        let encoder = FrameEncoder(NET001.frameFormat)
        var writer = ByteWriter()
        for number in numbers {
            var payload = [UInt8](repeating: UInt8(sender), count: Self.frameBytes - NET001.frameFormat.overhead)
            for offset in 0..<4 { payload[1 + offset] = UInt8(truncatingIfNeeded: number >> (24 - 8 * offset)) }
            try encoder.encode(NET001.Broadcast(message: Bytes(payload)), into: &writer)
        }
        return writer.takeBytes()
    }

    /// Receives `count` broadcasts of each sender, and checks that each one is there once, and in the order of its sender.
    private func check(_ peer: RawPeer, receives count: Int, of senders: [Int]) async throws {
        var reader = ByteReader(try await peer.receive(count: count * senders.count * Self.frameBytes))
        let decoder = FrameDecoder(NET001.frameFormat)
        var next: [Int: Int] = [:]
        while case .frame(let frame) = decoder.next(in: &reader) {
            let data = try decoder.payload(of: frame, in: &reader) { try NET001.Broadcast(payload: &$0) }.message
            let sender = Int(data[0])
            let number = data[1..<5].reduce(0) { $0 << 8 | Int($1) }
            #expect(number == next[sender, default: 0])
            next[sender] = number + 1
        }
        #expect(reader.remaining == 0)
        #expect(next == Dictionary(uniqueKeysWithValues: senders.map { ($0, count) }))
    }

    @Test(
        "Broadcasts of three servers at once reach the peers of the others, once and in order, and never their sender"
    )
    func crosses() async throws {
        let redis = try await RedisServer.start()
        var servers: [Joined] = []
        for _ in 0..<3 { servers.append(try await Joined(redis.url)) }
        try await withThrowingTaskGroup { group in
            for (index, server) in servers.enumerated() {
                group.addTask { try await server.peer.send(broadcasts(0..<5000, by: index)) }
                group.addTask {
                    try await check(server.peer, receives: 5000, of: [0, 1, 2].filter { $0 != index })
                    try await Joined.checkAnswer(server.peer)
                }
            }
            try await group.waitForAll()
        }
        for server in servers { try await server.stop() }
    }

    @Test("Redis is killed and comes back empty while servers broadcast: nothing is lost, and nothing arrives twice")
    func survivesKill() async throws {
        let redis = try await RedisServer.start()
        let servers = [try await Joined(redis.url), try await Joined(redis.url)]
        let chunks = 200
        let size = 100
        try await withThrowingTaskGroup { group in
            for (index, server) in servers.enumerated() {
                group.addTask {
                    for chunk in 0..<chunks {
                        try await server.peer.send(broadcasts(chunk * size..<(chunk + 1) * size, by: index))
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                group.addTask { try await check(server.peer, receives: chunks * size, of: [1 - index]) }
            }
            group.addTask {
                while servers[0].backplane.status.counters.received < 20 { try await Task.sleep(for: .milliseconds(5)) }
                await redis.kill()
                try await redis.start()
            }
            try await group.waitForAll()
        }
        for server in servers {
            let counters = server.backplane.status.counters
            #expect(counters.missed == 0 && counters.dropped == 0)
            try await Joined.checkAnswer(server.peer)
            try await server.stop()
        }
    }

    @Test("A server that stops while Redis is stopped publishes all that it has accepted before it ends")
    func drains() async throws {
        let redis = try await RedisServer.start()
        let servers = [try await Joined(redis.url), try await Joined(redis.url)]
        let witness = try await RawPeer(port: servers[0].server.listeningAddress.port)
        try await Joined.checkAnswer(witness)
        redis.signal(SIGSTOP)
        try await servers[0].peer.send(broadcasts(0..<5000, by: 0))
        try await check(witness, receives: 5000, of: [0])
        await servers[0].group.triggerGracefulShutdown()
        redis.signal(SIGCONT)
        try await servers[0].running.value
        try await check(servers[1].peer, receives: 5000, of: [0])
        try await servers[1].stop()
    }

    @Test("A server whose Redis is unreachable does not start, and says why")
    func failsToStart() async throws {
        var settings = RedisBackplaneConfiguration(url: try RedisURL("redis+unix:///nowhere/redis.sock"))
        settings.startTimeout = .milliseconds(100)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let server = try Server(
            .net001(),
            configuration: ServerConfiguration(port: 0),
            backplane: RedisBackplane(settings),
            logger: logger
        )
        let error = await #expect(throws: BackplaneError.self) { try await server.run(gracefulShutdownSignals: []) }
        #expect(error?.code == .unreachable)
        await #expect(throws: BackplaneError.self) { try await server.listeningAddress }
    }
}
