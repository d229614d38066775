#if NATS
import BackplaneTestSupport
import Glibc
import SwitchboardBackplane
import SwitchboardNATS
import SwitchboardTransport
import TestSupport
import Testing

@Suite("Outages of NATS", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct NATSOutageTests {
    private func waitForReconnection(_ cluster: Cluster, _ count: Int = 2) async {
        for member in cluster.members { await member.receiver.waitForReconnection(count) }
    }

    private func waitForDisconnection(_ cluster: Cluster, _ count: Int = 1) async {
        for member in cluster.members { await member.receiver.waitForDisconnection(count) }
    }

    @Test(
        "NATS is killed and started again: nothing is lost, with the stream in files and in memory",
        arguments: [NATSBackplaneConfiguration.Storage.file, .memory]
    )
    func survivesKill(storage: NATSBackplaneConfiguration.Storage) async throws {
        let server = try await NATSServer.start()
        let cluster = try await Cluster(3, at: server.url) { $0.storage = storage }
        try await cluster.flood {
            await server.kill()
            await waitForDisconnection(cluster)
            #expect(cluster.members[0].backplane.status.state == .degraded)
            #expect(cluster.members[0].backplane.status.problem?.contains("NATS at 127.0.0.1") == true)
            try await server.start()
            await waitForReconnection(cluster)
        }
        for member in cluster.members {
            // The engine acknowledges the last blocks a moment after they have arrived.
            while member.backplane.status.state != .up { await Task.yield() }
            #expect(member.backplane.status.counters.disconnections >= 1)
        }
        await cluster.stop()
    }

    @Test("NATS is stopped by a signal: it is found to be silent, and nothing is lost")
    func survivesStop() async throws {
        let server = try await NATSServer.start()
        let cluster = try await Cluster(2, at: server.url) {
            $0.replyTimeout = .seconds(1)
            $0.connectTimeout = .seconds(1)
        }
        try await cluster.flood {
            server.signal(SIGSTOP)
            await waitForDisconnection(cluster)
            #expect(cluster.members[0].backplane.status.problem?.contains("answer") == true)
            server.signal(SIGCONT)
            await waitForReconnection(cluster)
        }
        await cluster.stop()
    }

    @Test("NATS rejects entries for a while: they are sent again, and nothing is lost")
    func survivesRejections() async throws {
        let server = try await NATSServer.start()
        let cluster = try await Cluster(2, at: server.url)
        try await cluster.flood(size: 2000) {
            try await server.limitMessages(of: "switchboard", to: 1000)
            for member in cluster.members { await member.receiver.waitForRejection("message size exceeds maximum") }
            let status = cluster.members[0].backplane.status
            #expect(status.state == .degraded)
            #expect(status.problem?.contains("message size exceeds maximum") == true)
            #expect(status.counters.rejections >= 1)
            try await server.limitMessages(of: "switchboard", to: -1)
            for member in cluster.members { await member.receiver.waitForRecovery() }
            while cluster.members[0].backplane.status.state != .up { await Task.yield() }
        }
        let events = cluster.members[0].receiver.state.events
        #expect(!events.contains { if case .disconnected = $0 { true } else { false } })
        await cluster.stop()
    }

    @Test("A silent NATS is noticed without traffic, too")
    func noticesSilenceAtRest() async throws {
        let server = try await NATSServer.start()
        let member = try await Member.join(server.url) {
            $0.replyTimeout = .seconds(1)
            $0.connectTimeout = .seconds(1)
        }
        member.backplane.pauseReceiving()
        server.signal(SIGSTOP)
        await member.receiver.waitForDisconnection()
        server.signal(SIGCONT)
        await member.receiver.waitForReconnection()
        await member.backplane.stop()
    }

    @Test(
        "One server is cut off from NATS, or its packets vanish: nothing is lost",
        arguments: [Proxy.Mode.cut, .blackHole]
    )
    func survivesPartition(mode: Proxy.Mode) async throws {
        let server = try await NATSServer.start()
        let proxy = try Proxy(to: SocketAddress("127.0.0.1", port: server.port))
        let cluster = try await Cluster(["nats://127.0.0.1:\(proxy.port)", server.url, server.url]) {
            $0.replyTimeout = .seconds(2)
            $0.connectTimeout = .seconds(1)
        }
        try await cluster.flood {
            let count = cluster.members[1].publishedCount
            proxy.set(mode)
            // The others go on.
            await cluster.members[2].receiver.wait { ($0.numbers[1]?.last ?? 0) >= UInt32(count) + 100 }
            await cluster.members[0].receiver.waitForDisconnection()
            proxy.set(.passing)
            await cluster.members[0].receiver.waitForReconnection()
        }
        await cluster.stop()
    }
}
#endif
