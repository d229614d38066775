import BackplaneTestSupport
import Glibc
import SwitchboardBackplane
import SwitchboardRedis
import TestSupport
import Testing

@Suite("Outages of Redis", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct RedisOutageTests {
    private func waitForReconnection(_ cluster: Cluster, _ count: Int = 2) async {
        for member in cluster.members { await member.receiver.waitForReconnection(count) }
    }

    private func waitForDisconnection(_ cluster: Cluster) async {
        for member in cluster.members { await member.receiver.waitForDisconnection() }
    }

    @Test("Redis is killed and started again: nothing is lost, with its data and without", arguments: [true, false])
    func survivesKill(isPersistent: Bool) async throws {
        let server = try await RedisServer.start(isPersistent: isPersistent)
        let cluster = try await Cluster(3, at: server.url)
        try await cluster.flood {
            await server.kill()
            await waitForDisconnection(cluster)
            #expect(cluster.members[0].backplane.status.state == .degraded)
            #expect(cluster.members[0].backplane.status.problem != nil)
            try await server.start()
            await waitForReconnection(cluster)
        }
        for member in cluster.members {
            while member.backplane.status.state != .up { await Task.yield() }
            #expect(member.backplane.status.counters.disconnections >= 1)
        }
        await cluster.stop()
    }

    @Test("Redis is stopped by a signal: it is found to be silent, and nothing is lost")
    func survivesStop() async throws {
        let server = try await RedisServer.start()
        let cluster = try await Cluster(2, at: server.url) { $0.replyTimeout = .seconds(1) }
        try await cluster.flood {
            server.signal(SIGSTOP)
            await waitForDisconnection(cluster)
            #expect(cluster.members[0].backplane.status.problem?.contains("not answered") == true)
            server.signal(SIGCONT)
            for member in cluster.members { await member.receiver.waitForRecovery() }
        }
        await cluster.stop()
    }

    @Test("A silent Redis is noticed without traffic, too")
    func noticesSilenceAtRest() async throws {
        let server = try await RedisServer.start()
        let member = try await Member.join(server.url) { $0.replyTimeout = .seconds(1) }
        member.backplane.pauseReceiving()
        server.signal(SIGSTOP)
        await member.receiver.waitForDisconnection()
        server.signal(SIGCONT)
        await member.receiver.waitForRecovery()
        await member.backplane.stop()
    }

    @Test("Connections are killed by CLIENT KILL again and again: nothing is lost")
    func survivesClientKill() async throws {
        let server = try await RedisServer.start()
        let cluster = try await Cluster(3, at: server.url)
        try await cluster.flood {
            for count in 2...6 {
                try await server.run("CLIENT", "KILL", "TYPE", "normal")
                await waitForReconnection(cluster, count)
            }
        }
        await cluster.stop()
    }

    @Test(
        "One server is cut off from Redis, or its packets vanish: nothing is lost",
        arguments: [Proxy.Mode.cut, .blackHole]
    )
    func survivesPartition(mode: Proxy.Mode) async throws {
        let server = try await RedisServer.start()
        let proxy = try Proxy(to: server.socketPath)
        let cluster = try await Cluster([proxy.url, server.url, server.url]) { $0.replyTimeout = .seconds(2) }
        try await cluster.flood {
            let count = cluster.members[1].publishedCount
            proxy.set(mode)
            // The others go on.
            await cluster.members[2].receiver.wait { ($0.numbers[1]?.last ?? 0) >= UInt32(count) + 100 }
            await cluster.members[0].receiver.waitForDisconnection()
            proxy.set(.passing)
            await cluster.members[0].receiver.waitForRecovery()
        }
        await cluster.stop()
    }

    @Test(
        "Redis takes no writes for a while: entries are held and sent again, and nothing is lost",
        arguments: [("maxmemory", "1", "0", "out of memory"), ("min-replicas-to-write", "1", "0", "too few replicas")]
    )
    func survivesRejections(setting: String, bad: String, good: String, problem: String) async throws {
        let server = try await RedisServer.start()
        let cluster = try await Cluster(2, at: server.url)
        try await cluster.flood {
            try await server.run("CONFIG", "SET", setting, bad)
            for member in cluster.members { await member.receiver.waitForRejection(problem) }
            let status = cluster.members[0].backplane.status
            #expect(status.state == .degraded)
            #expect(status.problem?.contains(problem) == true)
            #expect(status.counters.rejections >= 1)
            try await server.run("CONFIG", "SET", setting, good)
            for member in cluster.members { await member.receiver.waitForRecovery() }
            while cluster.members[0].backplane.status.state != .up { await Task.yield() }
        }
        let events = cluster.members[0].receiver.state.events
        #expect(!events.contains { if case .disconnected = $0 { true } else { false } })
        #expect(cluster.members[0].backplane.status.counters.disconnections == 0)
        await cluster.stop()
    }

    @Test("Redis loads its data for a while: the servers wait for it, and nothing is lost")
    func survivesLoading() async throws {
        let server = try await RedisServer.start(["--enable-debug-command", "yes"])
        let cluster = try await Cluster(2, at: server.url)
        try await server.run("DEBUG", "POPULATE", "2000")
        try await cluster.flood {
            try await server.run("SAVE")
            await server.kill()
            try await server.start(
                until: "Server initialized",
                ["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"]
            )
            for member in cluster.members { await member.receiver.waitForRejection("loading") }
            await waitForReconnection(cluster)
            for member in cluster.members { await member.receiver.waitForRecovery() }
        }
        await cluster.stop()
    }

    // MARK: Replicas

    private func startReplicas() async throws -> (primary: RedisServer, replica: RedisServer) {
        let primary = try await RedisServer.start(port: freePort())
        let replica = try await RedisServer.start(
            port: freePort(),
            ["--replicaof", "127.0.0.1 \(primary.port)"],
            until: "sync: Finished with success"
        )
        return (primary, replica)
    }

    @Test("The primary dies and its replica takes over: the next address is used, and nothing is lost")
    func followsReplica() async throws {
        let (primary, replica) = try await startReplicas()
        // The replica comes first in the list, and is passed over.
        let url = "redis://127.0.0.1:\(replica.port),127.0.0.1:\(primary.port)"
        let cluster = try await Cluster(3, at: url)
        try await cluster.flood {
            await primary.kill()
            await waitForDisconnection(cluster)
            try await replica.run("REPLICAOF", "NO", "ONE")
            await waitForReconnection(cluster)
        }
        await cluster.stop()
    }

    @Test("The primary becomes a replica of the other: READONLY sends the servers there, and nothing is lost")
    func followsFailover() async throws {
        let (primary, replica) = try await startReplicas()
        let url = "redis://127.0.0.1:\(primary.port),127.0.0.1:\(replica.port)"
        let cluster = try await Cluster(3, at: url)
        try await cluster.flood {
            let answer = try await primary.run("FAILOVER", "TO", "127.0.0.1", "\(replica.port)", "TIMEOUT", "60000")
            #expect(answer == "OK")
            await waitForReconnection(cluster)
            for member in cluster.members { await member.receiver.waitForRecovery() }
        }
        #expect(try await replica.run("CLIENT", "LIST").contains("name=switchboard") == true)
        await cluster.stop()
    }

    @Test("Sentinel says which server is the primary, before and after a failover")
    func followsSentinel() async throws {
        let (primary, replica) = try await startReplicas()
        let sentinel = try await SentinelServer.start(watching: primary)
        let cluster = try await Cluster(2, at: "redis+sentinel://127.0.0.1:1,127.0.0.1:\(sentinel.port)/mymaster")
        try await cluster.flood {
            await primary.kill()
            await waitForReconnection(cluster)
        }
        #expect(try await replica.run("CLIENT", "LIST").contains("name=switchboard") == true)
        await cluster.stop()

        let unknown = try Member("redis+sentinel://127.0.0.1:\(sentinel.port)/nobody", name: 1) { _ in }
        let error = await #expect(throws: BackplaneError.self) {
            try await unknown.backplane.start(for: fingerprint, unknown.receiver)
        }
        #expect(error?.description.contains("does not know the service \"nobody\"") == true)
    }

    // MARK: Holding and dropping

    @Test("Publishers are held while too much waits, a drain waits for Redis, and all arrives in the end")
    func holdsAndDrains() async throws {
        let server = try await RedisServer.start()
        let cluster = try await Cluster(2, at: server.url)
        let (first, second) = (cluster.members[0], cluster.members[1])
        server.signal(SIGSTOP)
        while !first.backplane.holdsPublishers { first.publish(size: 10_000) }
        #expect(first.backplane.status.waitingBytes > 4 * 1024 * 1024)
        #expect(await first.backplane.drain(within: .milliseconds(10)) == false)
        #expect(first.backplane.status.waitingBlocks == first.publishedCount)
        async let drained = first.backplane.drain(within: .seconds(100))
        server.signal(SIGCONT)
        #expect(await drained)
        await first.receiver.wait { $0.releases == 1 }
        #expect(!first.backplane.holdsPublishers)
        await second.receiver.wait(forAll: first.publishedCount, of: 0)
        await cluster.check()
        await cluster.stop()
    }
}
