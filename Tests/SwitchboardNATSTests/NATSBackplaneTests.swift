#if NATS
import BackplaneTestSupport
import Glibc
import SwitchboardBackplane
import SwitchboardBytes
import SwitchboardNATS
import SwitchboardTLS
import TestSupport
import Testing

@Suite("The backplane over NATS", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct NATSBackplaneTests {
    @Test("Servers with another stream are not heard at all")
    func separatesStreams() async throws {
        let server = try await NATSServer.start()
        let first = try await Member.join(server.url, name: 1)
        let second = try await Member.join(server.url, name: 2)
        let other = try await Member.join(server.url, name: 3) { $0.stream = "other" }
        other.publish()
        #expect(await other.backplane.drain(within: .seconds(60)))
        first.publish()
        await second.receiver.wait(forAll: 1, of: 1)
        #expect(second.receiver.state.numbers == [1: [0]])
        #expect(second.backplane.status.counters.foreign == 0)
        for member in [first, second, other] { await member.backplane.stop() }
    }

    @Test("Entries that are none are counted and skipped; what is behind them arrives")
    func countsHostileEntries() async throws {
        let server = try await NATSServer.start()
        let member = try await Member.join(server.url, name: 1)
        let other = try await Member.join(server.url, name: 2)
        for text in ["garbage", "", "SB\u{1}", "SB\u{2}"] { try await server.store(text, in: "switchboard") }
        other.publish()
        await member.receiver.wait(forAll: 1, of: 2)
        #expect(member.backplane.status.counters.malformed == 3)
        #expect(member.backplane.status.counters.otherVersions == 1)
        await member.backplane.stop()
        await other.backplane.stop()
    }

    @Test("A block that is larger than NATS allows is dropped, counted and reported; what is behind it arrives")
    func dropsWhatIsTooLarge() async throws {
        let server = try await NATSServer.start("max_payload: 1MB")
        let cluster = try await Cluster(2, at: server.url)
        let (first, second) = (cluster.members[0], cluster.members[1])
        first.publish()
        await second.receiver.wait(forAll: 1, of: 0)
        first.publish(size: 2 << 20)
        first.publish(size: 900_000)
        await second.receiver.wait(forAll: 3, of: 0)
        #expect(second.receiver.state.numbers[0] == [0, 2])
        #expect(first.backplane.status.counters.dropped == 1)
        #expect(second.backplane.status.counters.missed == 1)
        await first.receiver.wait(for: 1) {
            if case .warning(let text) = $0 { text.contains("max_payload") } else { false }
        }
        await cluster.stop()
    }

    @Test("The stream is deleted while servers use it: they create it again, and nothing is lost")
    func survivesDeletion() async throws {
        let server = try await NATSServer.start()
        let cluster = try await Cluster(3, at: server.url) { $0.replyTimeout = .seconds(3) }
        try await cluster.flood {
            try await server.request("$JS.API.STREAM.DELETE.switchboard", "")
            for member in cluster.members { await member.receiver.waitForReconnection() }
        }
        await cluster.stop()
    }

    @Test("Publishers have the pace of readers: nothing of a flood that is many times as large as the stream is missed")
    func followsReaders() async throws {
        let server = try await NATSServer.start()
        let cluster = try await Cluster(3, at: server.url) {
            $0.retentionBytes = 32 << 20
            $0.storage = .memory
        }
        let floods = cluster.members.map { member in
            Task {
                var published = 0
                while published < 200 {
                    if member.backplane.holdsPublishers {
                        try? await Task.sleep(for: .milliseconds(1))
                    } else {
                        member.publish(size: 500_000)
                        published += 1
                    }
                }
            }
        }
        for flood in floods { await flood.value }
        await cluster.check()
        await cluster.stop()
    }

    @Test("A server that reads too late counts what the stream has discarded")
    func countsWhatIsDiscarded() async throws {
        let server = try await NATSServer.start()
        let first = try await Member.join(server.url, name: 1) { $0.retentionBytes = 1 << 20 }
        let second = try await Member.join(server.url, name: 2) { $0.retentionBytes = 1 << 20 }
        first.publish()
        await second.receiver.wait(forAll: 1, of: 1)
        second.backplane.pauseReceiving()
        // More than NATS sends ahead.
        for _ in 0..<1500 {
            first.publish(size: 60_000)
            if first.backplane.holdsPublishers { #expect(await first.backplane.drain(within: .seconds(60))) }
        }
        #expect(await first.backplane.drain(within: .seconds(60)))
        second.backplane.resumeReceiving()
        await second.receiver.wait(forAll: 1501, of: 1)
        let counters = second.backplane.status.counters
        let numbers = second.receiver.state.numbers[1] ?? []
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        #expect(numbers.count + Int(counters.missed) == 1501)
        await first.backplane.stop()
        await second.backplane.stop()
    }

    @Test("A backplane that is stopped while it starts ends")
    func stopsAtAnyTime() async throws {
        let silent = try await NATSServer.start()
        silent.signal(SIGSTOP)
        func member() throws -> Member {
            let backplane = try NATSBackplane.forTests(silent.url) {
                $0.replyTimeout = .seconds(1)
                $0.connectTimeout = .milliseconds(500)
            }
            return Member(backplane, name: 1)
        }
        let first = try member()
        let starting = Task { try await first.join() }
        await first.receiver.waitForDisconnection()
        starting.cancel()
        await #expect(throws: CancellationError.self) { try await starting.value }
        #expect(first.backplane.status.state == .stopped)

        let second = try member()
        let otherStart = Task { try await second.join() }
        await second.receiver.waitForDisconnection()
        await second.backplane.stop()
        let error = await #expect(throws: BackplaneError.self) { try await otherStart.value }
        #expect(error?.code == .stopped)
        silent.signal(SIGCONT)
    }

    @Test("Settings that are out of range are named")
    func validatesSettings() throws {
        let url = try NATSURL("nats://h")
        let changes: [(String, (inout NATSBackplaneConfiguration) -> Void)] = [
            ("stream", { $0.stream = "" }), ("stream", { $0.stream = String(repeating: "x", count: 65) }),
            ("stream", { $0.stream = "a.b" }), ("stream", { $0.stream = "ä" }), ("stream", { $0.stream = ">" }),
            ("retentionBytes", { $0.retentionBytes = 1 }), ("replicas", { $0.replicas = 0 }),
            ("replicas", { $0.replicas = 6 }), ("startTimeout", { $0.startTimeout = .zero }),
            ("connectTimeout", { $0.connectTimeout = .zero }),
            ("connectTimeout", { $0.connectTimeout = .seconds(4000) }),
            ("replyTimeout", { $0.replyTimeout = .milliseconds(1) }), ("clientName", { $0.clientName = "a b" }),
            ("clientName", { $0.clientName = "" }), ("privateKeyPath", { $0.tls.certificateChainPath = "/a" }),
            ("holdBytes", { $0.limits.holdBytes = 0 }),
        ]
        for (name, change) in changes {
            var configuration = NATSBackplaneConfiguration(url: url)
            change(&configuration)
            let error = #expect(throws: BackplaneError.self) { try NATSBackplane(configuration) }
            #expect(error?.description.contains(name) == true)
            #expect(error?.code == .invalidConfiguration)
        }
    }
}
#endif
