import BackplaneTestSupport
import Glibc
import NET001
import ServiceLifecycle
import Switchboard
import SwitchboardBackplane
import SwitchboardRedis
import TestSupport
import Testing

/// Servers with real sockets whose presence and limits are in a real Redis.
@Suite("Servers with presence and limits in Redis", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct ClusterServersTests {
    private struct Member {
        let server: Server
        let backplane: RedisBackplane
        let group: ServiceGroup
        let running: Task<Void, any Error>
        let port: Int

        init(
            _ url: String,
            replyTimeout: Duration = .seconds(30),
            _ configure: (inout ServerConfiguration) -> Void = { _ in }
        ) async throws {
            var settings = RedisBackplaneConfiguration(url: try RedisURL(url))
            settings.replyTimeout = replyTimeout
            settings.startTimeout = .seconds(60)
            backplane = try RedisBackplane(settings)
            var configuration = ServerConfiguration(port: 0, eventLoops: 2, maximumConnections: 1000)
            configuration.removeLimits()
            configure(&configuration)
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            server = try Server(.net001(), configuration: configuration, backplane: backplane, logger: logger)
            group = ServiceGroup(services: [server], logger: logger)
            running = Task { [group] in try await group.run() }
            port = try await server.listeningAddress.port
        }

        func peers() async throws -> [Peer] { try await server.peers.reduce(into: []) { $0.append($1) } }

        func stop() async throws {
            await group.triggerGracefulShutdown()
            try await running.value
        }
    }

    private let encoder = FrameEncoder(NET001.frameFormat)

    /// Connects a peer that has authenticated.
    private func connect(_ member: Member, user: String) async throws -> RawPeer {
        let peer = try await RawPeer(port: member.port)
        try await peer.send(encoder.encode(NET001.Auth(username: user, token: "token")))
        let reply = NET001.AuthReply(success: true, sessionID: String(repeating: "0", count: 32))
        _ = try await peer.receive(count: encoder.encode(reply).count)
        return peer
    }

    private func wait(until condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test(
        "Peers are listed on every server, come back after a restart of Redis that has lost them, and go when a server drains"
    )
    func peers() async throws {
        let redis = try await RedisServer.start()
        let members = [
            try await Member(redis.url) { $0.presenceLifetime = .seconds(3) },
            try await Member(redis.url) { $0.presenceLifetime = .seconds(3) },
        ]
        let before = ContinuousClock.now
        var peers: [RawPeer] = []
        for number in 0..<600 { peers.append(try await connect(members[number % 2], user: "user \(number)")) }
        let users = Set((0..<600).map { "user \($0)" })
        for member in members { try await wait { try await Set(member.peers().compactMap(\.user)) == users } }
        let listed = try await members[0].peers()
        #expect(listed.count { $0.server == members[1].server.id } == 300)
        #expect(listed.allSatisfy { $0.since >= before - .seconds(60) && $0.since <= .now + .milliseconds(200) })
        await redis.kill()
        let error = await #expect(throws: PeersError.self) { try await members[0].peers() }
        #expect(error?.description.contains("the peers of all other servers are missing") == true)
        peers.removeFirst(100)
        try await redis.start()
        let left = Set((100..<600).map { "user \($0)" })
        for member in members {
            try await wait { (try? await Set(member.peers().compactMap(\.user))) == left }
        }
        try await members[1].stop()
        #expect(try await members[0].peers().allSatisfy { $0.server == members[0].server.id })
        try await members[0].stop()
        #expect(try await redis.run("KEYS", "switchboard:*:peers:*").isEmpty)
        #expect(try await redis.run("KEYS", "switchboard:*:users:*").isEmpty)
        _ = peers
    }

    @Test("Of connections of one user on three servers at the same time, as many stay as are allowed")
    func users() async throws {
        let redis = try await RedisServer.start()
        var members: [Member] = []
        for _ in 0..<3 { members.append(try await Member(redis.url) { $0.maximumConnectionsPerUser = 2 }) }
        for round in 0..<10 {
            let peers = try await withThrowingTaskGroup(of: RawPeer?.self) { group in
                for member in members {
                    for _ in 0..<2 {
                        // A connection that is refused at once gets an error in place of the reply.
                        group.addTask { try? await connect(member, user: "user \(round)") }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await wait {
                var count = 0
                for member in members {
                    count += await member.server.connections().count { $0.user == "user \(round)" }
                }
                return count == 2
            }
            _ = peers
        }
        for member in members { try await member.stop() }
    }

    @Test("Three servers with different load handle no more messages together than the limit, also without Redis")
    func rate() async throws {
        let limit = 3000
        let redis = try await RedisServer.start()
        var members: [Member] = []
        for _ in 0..<3 { members.append(try await Member(redis.url) { $0.clusterRateLimit = limit }) }
        var peers: [RawPeer] = []
        for member in members { peers.append(try await RawPeer(port: member.port)) }
        var start = ContinuousClock.now
        let handled = try await flood(peers, for: .seconds(2))
        #expect(handled.allSatisfy { $0 > 0 }, "\(handled)")
        let seconds = (.now - start) / .seconds(1)
        #expect(Double(handled.reduce(0, +)) <= Double(limit) * (seconds + 1))
        await redis.kill()
        start = .now
        let alone = try await flood(peers, for: .seconds(2))
        #expect(alone.allSatisfy { $0 > 0 }, "\(alone)")
        // What is left in the reserves, and a bucket of a second for each server.
        let outage = (.now - start) / .seconds(1)
        #expect(Double(alone.reduce(0, +)) <= Double(limit) * (outage + 2))
        for member in members { try await member.stop() }
    }

    @Test(
        "A server that Redis does not answer has its part of the rate, lists its own peers, and is listed again afterwards"
    )
    func blackHole() async throws {
        let redis = try await RedisServer.start()
        let proxy = try Proxy(to: redis.socketPath)
        let cutOff = try await Member(proxy.url, replyTimeout: .seconds(1)) { configuration in
            configuration.clusterRateLimit = 100
            configuration.presenceLifetime = .seconds(3)
        }
        let witness = try await Member(redis.url)
        let peer = try await connect(cutOff, user: "alice")
        try await wait { try await witness.peers().map(\.user) == ["alice"] }
        proxy.set(.blackHole)
        // More than the server has in reserve.
        var handled = 0
        while handled < 150 {
            handled += try await flood([peer], for: .milliseconds(1))[0]
        }
        var users: [String?] = []
        let error = await #expect(throws: PeersError.self) {
            for try await peer in cutOff.server.peers { users.append(peer.user) }
        }
        #expect(users == ["alice"])
        #expect(error?.engineProblem != nil)
        try await wait { try await witness.peers().isEmpty }
        proxy.set(.passing)
        try await wait { try await witness.peers().map(\.user) == ["alice"] }
        for member in [cutOff, witness] { try await member.stop() }
    }

    /// Sends requests to each server, some more than to others; returns how many each server has handled.
    private func flood(_ peers: [RawPeer], for time: Duration) async throws -> [Int] {
        let ping = try encoder.encode(NET001.Ping(timestamp: 1))
        return try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for (index, peer) in peers.enumerated() {
                group.addTask {
                    let start = ContinuousClock.now
                    let count = 5 * (1 << (2 * index))
                    var burst = Bytes()
                    for _ in 0..<count { burst = burst + ping }
                    var handled = 0
                    while .now - start < time {
                        try await peer.send(burst)
                        for _ in 0..<count {
                            let header = try await peer.receive(count: 8)
                            let payload = Int(header[6]) << 8 | Int(header[7])
                            _ = try await peer.receive(count: payload + NET001.frameFormat.overhead - 8)
                            if header[5] == UInt8(NET001.Pong.code) { handled += 1 }
                        }
                        try await Task.sleep(for: .milliseconds(2))
                    }
                    return (index, handled)
                }
            }
            return try await group.reduce(into: Array(repeating: 0, count: peers.count)) { $0[$1.0] = $1.1 }
        }
    }
}
