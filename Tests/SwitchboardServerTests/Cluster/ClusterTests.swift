import CoreMetrics
import Logging
import Switchboard
import SwitchboardBackplane
import SwitchboardTesting
import TestSupport
import Testing

@testable import SwitchboardServer

/// Peers and users whose connections are on several servers.
@Suite("A cluster", .timeLimit(.minutes(Patience.minutes)))
struct ClusterTests {
    private let memory = InMemoryLog()

    private func servers(
        _ count: Int,
        _ configure: @escaping (inout ServerConfiguration) -> Void = { _ in }
    ) async throws -> [ClusterServer] {
        var servers: [ClusterServer] = []
        for _ in 0..<count { servers.append(try await ClusterServer(.talking(), joining: memory, configure)) }
        return servers
    }

    private func client(_ server: ClusterServer, user: String = "", room: String? = nil) async throws -> Client {
        var configuration = ClientConfiguration()
        configuration.requestTimeout = .seconds(Patience.seconds)
        let client = try await Client.connect(
            host: "127.0.0.1",
            port: server.port,
            speaking: Workshop.self,
            configuration: configuration
        )
        if let room { try await client.send(Workshop.Note(text: "join \(room)")) }
        _ = try await client.request(Workshop.Door(user: user))
        return client
    }

    /// Returns when `condition` holds.
    private func wait(until condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func list(_ server: ClusterServer, _ destination: Destination = .all) async throws -> [Peer] {
        try await server.server.peers(of: destination).reduce(into: []) { $0.append($1) }
    }

    // MARK: Peers

    @Test("lists the peers of all servers on each server, with their server, user, address and time")
    func peers() async throws {
        let servers = try await servers(3)
        let before = ContinuousClock.now
        var clients: [Client] = []
        for (index, server) in servers.enumerated() {
            for number in 0...index {
                clients.append(try await client(server, user: number == 0 ? "user \(index)" : ""))
            }
        }
        for server in servers {
            // The store learns of a connection, and of its user, after the client has its reply.
            try await wait {
                let peers = try await list(server)
                return peers.count == 6 && Set(peers.compactMap(\.user)).count == 3
            }
            let peers = try await list(server)
            #expect(Set(peers.map(\.session)).count == 6 && peers.count == 6)
            for (index, other) in servers.enumerated() {
                let own = peers.filter { $0.server == other.server.id }
                #expect(own.count == index + 1)
                // The first connection of the server, whose numbers rise.
                let number = own.map(\.session.connection).min()
                #expect(own.filter { $0.user == "user \(index)" }.map(\.session.connection) == [number])
            }
            let after = ContinuousClock.now
            #expect(peers.allSatisfy { $0.address.isLoopback && $0.address.port > 0 })
            // The time that a server keeps for a connection has steps of 67 ms; a slow machine notes the time of the engine late.
            #expect(
                peers.allSatisfy { $0.since >= before - .seconds(60) && $0.since <= after + .milliseconds(200) }
            )
        }
        #expect(try await list(servers[0], .user("user 2")).map(\.server) == [servers[2].server.id])
        let session = try #require(try await list(servers[0], .user("user 1")).first).session
        #expect(try await list(servers[2], .session(session)).map(\.user) == ["user 1"])
        #expect(try await list(servers[0], .session(SessionID(server: session.server, connection: 99))).isEmpty)
        #expect(try await list(servers[0], .session(SessionID(server: 1, connection: 1))).isEmpty)
        let own = try #require(try await list(servers[2]).first { $0.server == servers[2].server.id })
        #expect(try await list(servers[2], .connection(own.session.connection)).map(\.session) == [own.session])
        clients = []
        for server in servers { try await wait { try await list(server).isEmpty } }
        for server in servers { try await server.stop() }
    }

    @Test("lists the members of a room of all servers, those of no other room, and none who has left or gone")
    func rooms() async throws {
        let servers = try await servers(2)
        func members(_ room: String, on server: ClusterServer) async throws -> Set<String> {
            Set(try await list(server, .room(room)).compactMap(\.user))
        }
        let ada = try await client(servers[0], user: "Ada", room: "lobby")
        let ben = try await client(servers[1], user: "Ben", room: "lobby")
        let eve = try await client(servers[1], user: "Eve", room: "lobby2")
        for server in servers {
            try await wait { try await members("lobby", on: server) == ["Ada", "Ben"] }
            try await wait { try await members("lobby2", on: server) == ["Eve"] }
            #expect(try await members("lob", on: server).isEmpty)
        }
        // The last of several changes counts.
        for text in ["leave lobby", "join lobby", "leave lobby", "join cellar"] {
            try await ben.send(Workshop.Note(text: text))
        }
        try await wait { try await members("cellar", on: servers[0]) == ["Ben"] }
        try await wait { try await members("lobby", on: servers[0]) == ["Ada"] }
        memory.isReachable = false
        try await ada.send(Workshop.Note(text: "join cellar"))
        await #expect(throws: PeersError.self) { try await list(servers[1], .room("cellar")) }
        memory.isReachable = true
        try await wait { (try? await members("cellar", on: servers[1])) == ["Ada", "Ben"] }
        await ada.close()
        for room in ["lobby", "cellar"] {
            try await wait { try await !members(room, on: servers[1]).contains("Ada") }
        }
        await eve.close()
        try await wait { try await members("lobby2", on: servers[0]).isEmpty }
        await ben.close()
        for server in servers { try await server.stop() }
    }

    @Test("lists all members of a room of thousands, page by page")
    func manyMembers() async throws {
        let servers = try await servers(2) { $0.maximumConnections = 2000 }
        let join = try FrameEncoder(Workshop.frameFormat).encode(Workshop.Note(text: "join lobby"))
        var peers: [RawPeer] = []
        for _ in 0..<1200 {
            let peer = try await RawPeer(port: servers[0].port)
            try await peer.send(join)
            peers.append(peer)
        }
        try await wait { try await list(servers[1], .room("lobby")).count == 1200 }
        #expect(Set(try await list(servers[1], .room("lobby")).map(\.session)).count == 1200)
        peers.removeFirst(700)
        try await wait { try await list(servers[1], .room("lobby")).count == 500 }
        for server in servers { try await server.stop() }
        _ = peers
    }

    @Test("lists every peer of thousands, page by page, also when changes come too fast to be collected")
    func manyPeers() async throws {
        let servers = try await servers(2) { $0.maximumConnections = 2000 }
        var peers: [RawPeer] = []
        for _ in 0..<1200 { peers.append(try await RawPeer(port: servers[0].port)) }
        try await peers[1199].checkAnswer()
        try await wait { try await list(servers[1]).count == 1200 }
        // As after an outage: all are written again.
        servers[0].server.workers?.cluster?.presence.writeAll()
        peers.removeLast(600)
        try await wait { try await Set(list(servers[1]).map(\.session)).count == 600 }
        for server in servers { try await server.stop() }
    }

    @Test("lists the own peers while the engine is unreachable, then throws the reason; all peers come back afterwards")
    func outage() async throws {
        let servers = try await servers(2) { $0.presenceLifetime = .seconds(2) }
        let (here, there) = (try await client(servers[0], user: "here"), try await client(servers[1], user: "there"))
        try await wait { try await list(servers[0]).count == 2 }
        memory.isReachable = false
        var users: [String?] = []
        let error = await #expect(throws: PeersError.self) {
            for try await peer in servers[0].server.peers { users.append(peer.user) }
        }
        #expect(users == ["here"])
        #expect(error?.missingServers == nil && error?.missingEventLoops == 0)
        #expect(error?.description.contains("of all other servers are missing: the log in memory") == true)
        for server in servers { await server.log.line(containing: "cluster store is unreachable") }
        let late = try await client(servers[1], user: "late")
        memory.isReachable = true
        for server in servers { await server.log.line(containing: "cluster store is reachable again") }
        try await wait { try await Set(list(servers[0]).map(\.user)) == ["here", "there", "late"] }
        _ = (here, there, late)
        for server in servers { try await server.stop() }
    }

    @Test("does not list the peers of a server that drains, or of one that was killed")
    func leaving() async throws {
        let servers = try await servers(3) { $0.presenceLifetime = .seconds(1) }
        var clients: [Client] = []
        for server in servers { clients.append(try await client(server)) }
        try await wait { try await list(servers[0]).count == 3 }
        // A killed server renews nothing any more.
        servers[2].server.workers?.cluster?.stop()
        try await wait { try await !list(servers[0]).contains { $0.server == servers[2].server.id } }
        await servers[1].drain()
        try await wait { try await list(servers[0]).allSatisfy { $0.server == servers[0].server.id } }
        try await servers[1].stopped()
        for server in [servers[0], servers[2]] { try await server.stop() }
    }

    // MARK: Users

    @Test("refuses the connection of a user beyond the limit on another server, and the older one stays")
    func users() async throws {
        let servers = try await servers(2) { $0.maximumConnectionsPerUser = 1 }
        let first = try await client(servers[0], user: "alice")
        // So that the store has counted it.
        try await wait { try await list(servers[1]).contains { $0.user == "alice" } }
        try await expectRefusal(of: "alice", by: servers[1])
        #expect(try await first.request(Workshop.Add(left: 1, right: 2)).value == 3)
        let other = try await client(servers[1], user: "bob")
        #expect(try await other.request(Workshop.Add(left: 1, right: 2)).value == 3)
        await first.close()
        try await wait { try await isAdmitted("alice", by: servers[1]) }
        for server in servers { try await server.stop() }
    }

    @Test("counts users on each server alone while the engine is unreachable, and together afterwards")
    func usersInOutage() async throws {
        let servers = try await servers(2) {
            $0.maximumConnectionsPerUser = 1
            $0.presenceLifetime = .seconds(2)
        }
        memory.isReachable = false
        for server in servers { await server.log.line(containing: "cluster store is unreachable") }
        let (first, second) = (try await client(servers[0], user: "alice"), try await client(servers[1], user: "alice"))
        try await expectRefusal(of: "alice", by: servers[0])
        memory.isReachable = true
        for server in servers { await server.log.line(containing: "cluster store is reachable again") }
        for server in servers { try await wait { try await list(server, .user("alice")).count == 2 } }
        // Both stay; a third one is refused, also on the server that one of them leaves.
        #expect(try await first.request(Workshop.Add(left: 1, right: 2)).value == 3)
        await second.close()
        try await wait { try await list(servers[0], .user("alice")).count == 1 }
        try await wait { try await !isAdmitted("alice", by: servers[1]) }
        for server in servers { try await server.stop() }
    }

    @Test("admits a user again whose server was killed, after the lifetime of that server")
    func usersOfKilledServer() async throws {
        let servers = try await servers(2) {
            $0.maximumConnectionsPerUser = 1
            $0.presenceLifetime = .seconds(1)
        }
        let first = try await client(servers[0], user: "alice")
        try await wait { try await list(servers[1]).contains { $0.user == "alice" } }
        servers[0].server.workers?.cluster?.stop()
        try await wait { try await isAdmitted("alice", by: servers[1]) }
        _ = first
        for server in servers { try await server.stop() }
    }

    /// Whether a server and the store let a user have another connection, which is closed again.
    private func isAdmitted(_ user: String, by server: ClusterServer) async throws -> Bool {
        let peer = try await RawPeer(port: server.port)
        let encoder = FrameEncoder(Workshop.frameFormat)
        try await peer.send(encoder.encode(Workshop.Door(user: user)))
        let reply = try encoder.encode(Workshop.Sum(value: 3))
        _ = try await peer.receive(count: reply.count)
        try await wait { server.server.core.userLimit?.hasUndecidedConnections == false }
        do {
            try await peer.send(encoder.encode(Workshop.Add(left: 1, right: 2)))
            return try await peer.receive(count: reply.count) == reply
        } catch {
            // The server has closed the connection.
            return false
        }
    }

    private func expectRefusal(of user: String, by server: ClusterServer) async throws {
        let peer = try await RawPeer(port: server.port)
        let encoder = FrameEncoder(Workshop.frameFormat)
        try await peer.send(encoder.encode(Workshop.Door(user: user)))
        let reply = try encoder.encode(Workshop.Sum(value: 0)).count
        _ = try await peer.receive(count: reply)
        let header = try await peer.receive(count: 6)
        #expect(header[4..<6] == [0xFF, 0xFF])
        let payload = try await peer.receive(count: Int(header[0]))
        #expect(payload[0] == 4)
        #expect(
            String(decoding: Array(payload), as: UTF8.self).contains("the maximum number of connections of this user")
        )
        #expect(try await peer.receivesEnd())
    }

    // MARK: Settings

    /// A backplane whose engine has no store.
    private final class Storeless: Backplane {
        let base = InMemoryBackplane(joining: InMemoryLog())

        func start(for fingerprint: ProtocolFingerprint, _ receiver: any BackplaneReceiver) async throws {
            try await base.start(for: fingerprint, receiver)
        }
        func publish(_ block: BackplaneBlock) { base.publish(block) }
        var holdsPublishers: Bool { base.holdsPublishers }
        func pauseReceiving() { base.pauseReceiving() }
        func resumeReceiving() { base.resumeReceiving() }
        func drain(within timeout: Duration) async -> Bool { await base.drain(within: timeout) }
        func stop() async { await base.stop() }
        var status: BackplaneStatus { base.status }
    }

    @Test("requires a store for its limits, and says so before the server starts")
    func settings() throws {
        func error(_ backplane: (any Backplane)?, _ change: (inout ServerConfiguration) -> Void) -> String? {
            var configuration = ServerConfiguration(port: 0)
            change(&configuration)
            do { _ = try Server(.talking(), configuration: configuration, backplane: backplane) } catch {
                return "\(error)"
            }
            return nil
        }
        let memory = InMemoryBackplane(joining: InMemoryLog())
        #expect(error(nil) { $0.clusterRateLimit = 5 } == "clusterRateLimit is 5: it must be 0 without a backplane")
        #expect(error(nil) { $0.maximumConnectionsPerUser = 5 } == nil)
        #expect(
            error(memory) {
                $0.clusterRateLimit = 5; $0.maximumConnectionsPerUser = 5
            } == nil
        )
        let reason = "it must be 0 with Storeless, which has no store for limits of all servers"
        #expect(error(Storeless()) { $0.clusterRateLimit = 5 } == "clusterRateLimit is 5: \(reason)")
        #expect(error(Storeless()) { $0.maximumConnectionsPerUser = 5 } == "maximumConnectionsPerUser is 5: \(reason)")
        #expect(error(Storeless()) { _ in } == nil)
        #expect(
            error(nil) { $0.clusterRateLimit = -1 } == "clusterRateLimit is -1: it must be between 0 and 1000000000"
        )
        #expect(error(nil) { $0.presenceLifetime = .zero }?.contains("between 1 s and 3600 s") == true)
    }

    @Test("has metrics: living servers, messages that its rate refused, renewals that have failed")
    func metrics() async throws {
        let metrics = RecordingMetrics()
        let server = try await withMetricsFactory(metrics) {
            try await ClusterServer(.talking(), joining: memory) {
                $0.clusterRateLimit = 10
                $0.presenceLifetime = .seconds(1)
            }
        }
        let other = try await ClusterServer(.talking(), joining: memory)
        try await wait {
            await server.server.flushMetrics()
            return metrics.values("switchboard_cluster_servers") == [2]
        }
        let peer = try await RawPeer(port: server.port)
        let add = try FrameEncoder(Workshop.frameFormat).encode(Workshop.Add(left: 1, right: 2))
        try await wait {
            for _ in 0..<100 { try await peer.send(add) }
            await server.server.flushMetrics()
            return metrics.sum("switchboard_cluster_rate_limited_total") > 0
        }
        #expect(metrics.sum("switchboard_cluster_failed_renewals_total") == 0)
        memory.isReachable = false
        await server.log.line(containing: "cluster store is unreachable")
        #expect(metrics.sum("switchboard_cluster_failed_renewals_total") > 0)
        memory.isReachable = true
        for server in [server, other] { try await server.stop() }
        #expect(metrics.values("switchboard_cluster_servers") == [0])
    }
}
