import BackplaneTestSupport
import Glibc
import SwitchboardBackplane
import SwitchboardBytes
import SwitchboardRedis
import TestSupport
import Testing

@Suite("The backplane over Redis", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct RedisBackplaneTests {
    @Test("Servers with another key or database are not heard at all")
    func separatesKeys() async throws {
        let server = try await RedisServer.start()
        let first = try await Member.join(server.url, name: 1)
        let second = try await Member.join(server.url, name: 2)
        let others = [
            try await Member.join(server.url, name: 3) { $0.key = "other" },
            try await Member.join(server.url + "?db=1", name: 4),
        ]
        for other in others {
            other.publish()
            #expect(await other.backplane.drain(within: .seconds(60)))
        }
        first.publish()
        await second.receiver.wait(forAll: 1, of: 1)
        #expect(second.receiver.state.numbers == [1: [0]])
        #expect(second.backplane.status.counters.foreign == 0)
        for member in [first, second] + others { await member.backplane.stop() }
    }

    @Test("Entries that are none are counted and skipped; what is behind them arrives")
    func countsHostileEntries() async throws {
        let server = try await RedisServer.start()
        let member = try await Member.join(server.url, name: 1)
        let other = try await Member.join(server.url, name: 2)
        for value in ["garbage", "", "SB\u{1}", "SB\u{2}"] {
            try await server.run("XADD", "switchboard", "*", "e", value)
        }
        try await server.run("XADD", "switchboard", "*", "x", "y")
        other.publish()
        await member.receiver.wait(forAll: 1, of: 2)
        #expect(member.backplane.status.counters.malformed == 4)
        #expect(member.backplane.status.counters.otherVersions == 1)
        await member.backplane.stop()
        await other.backplane.stop()
    }

    @Test("Duplicate entries are delivered once; own entries that were not sent are an incarnation conflict")
    func findsDuplicatesAndConflicts() async throws {
        let server = try await RedisServer.start()
        let first = try await Member.join(server.url, name: 1)
        let second = try await Member.join(server.url, name: 2)
        first.publish()
        await second.receiver.wait(forAll: 1, of: 1)
        // As if another server had the same incarnation: all entries again.
        let copy = """
            for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
                redis.call('XADD', KEYS[1], '*', unpack(entry[2]))
            end
            """
        try await server.run("EVAL", copy, "1", "switchboard")
        await first.receiver.wait { $0.events.contains(.incarnationConflict) }
        first.publish()
        await second.receiver.wait(forAll: 2, of: 1)
        #expect(second.receiver.state.numbers[1] == [0, 1])
        #expect(second.backplane.status.counters.duplicates == 1)
        #expect(first.backplane.status.counters.incarnationConflicts >= 1)
        await first.backplane.stop()
        await second.backplane.stop()
    }

    @Test("Publishers have the pace of readers: nothing of a flood that is many times as large as the log is missed")
    func followsReaders() async throws {
        let server = try await RedisServer.start()
        let cluster = try await Cluster(3, at: server.url) {
            $0.retentionBytes = 32 << 20
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

    @Test("The log keeps to its size, and a server that reads too late counts what it has missed")
    func keepsRetention() async throws {
        let server = try await RedisServer.start()
        let first = try await Member.join(server.url, name: 1) { $0.retentionBytes = 1 << 20 }
        let second = try await Member.join(server.url, name: 2) { $0.retentionBytes = 1 << 20 }
        first.publish()
        await second.receiver.wait(forAll: 1, of: 1)
        second.backplane.pauseReceiving()
        for _ in 0..<400 { first.publish(size: 50_000) }
        #expect(await first.backplane.drain(within: .seconds(60)))
        let memory = try #require(await Int(server.run("MEMORY", "USAGE", "switchboard", "SAMPLES", "0")))
        #expect(memory < 3 << 20)
        second.backplane.resumeReceiving()
        await second.receiver.wait(forAll: 401, of: 1)
        let counters = second.backplane.status.counters
        let numbers = second.receiver.state.numbers[1] ?? []
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        #expect(numbers.count + Int(counters.missed) == 401)
        #expect(counters.missed > 0)
        await first.backplane.stop()
        await second.backplane.stop()
    }

    @Test("A large entry behind small ones, from any server, trims nothing of what the retention covers")
    func keepsSmallEntriesBeforeLargeOnes() async throws {
        let server = try await RedisServer.start()
        func join(_ name: UInt32) async throws -> Member {
            try await .join(server.url, name: name) { $0.retentionBytes = 64 << 20 }
        }
        let (first, second, absent) = (try await join(0), try await join(1), try await join(2))
        first.publish()
        second.publish()
        for name in [0, 1] as [UInt32] { await absent.receiver.wait(forAll: 1, of: name) }
        absent.backplane.pauseReceiving()
        for publisher in [first, second] {
            for _ in 0..<200 { publisher.publish(size: 50_000) }
            #expect(await publisher.backplane.drain(within: .seconds(60)))
        }
        for _ in 0..<2 {
            for publisher in [first, second] {
                publisher.publish(size: 8 * 1024 * 1024)
                #expect(await publisher.backplane.drain(within: .seconds(60)))
            }
        }
        absent.backplane.resumeReceiving()
        for name in [0, 1] as [UInt32] {
            await absent.receiver.wait(forAll: 203, of: name)
            #expect(absent.receiver.state.numbers[name] == (0..<203).map { UInt32($0) })
        }
        #expect(absent.backplane.status.counters.missed == 0)
        for member in [first, second, absent] { await member.backplane.stop() }
    }

    @Test("A server that joins shortens a log that servers before it have left")
    func shortensLog() async throws {
        let server = try await RedisServer.start()
        // Each of these servers ends before it has published as much as the log keeps.
        for _ in 0..<4 {
            let member = try await Member.join(server.url) { $0.retentionBytes = 2 << 20 }
            for _ in 0..<30 { member.publish(size: 60_000) }
            #expect(await member.backplane.drain(within: .seconds(60)))
            await member.backplane.stop()
        }
        let memory = try #require(await Int(server.run("MEMORY", "USAGE", "switchboard", "SAMPLES", "0")))
        #expect((2 << 20..<6 << 20).contains(memory))
    }

    @Test("Entries that are too large to be read together are read one by one")
    func readsLargeEntries() async throws {
        let server = try await RedisServer.start()
        let cluster = try await Cluster(2, at: server.url)
        let (first, second) = (cluster.members[0], cluster.members[1])
        first.publish()
        await second.receiver.wait(forAll: 1, of: 0)
        second.backplane.pauseReceiving()
        for _ in 0..<5 {
            first.publish(size: 16 * 1024 * 1024)
            #expect(await first.backplane.drain(within: .seconds(60)))
        }
        for _ in 0..<200 { first.publish() }
        second.backplane.resumeReceiving()
        await cluster.check()
        #expect(second.receiver.state.numbers[0]?.count == 206)
        await cluster.stop()
    }

    @Test("The servers that are alive are counted, and the connections have a name")
    func countsServers() async throws {
        let server = try await RedisServer.start()
        let cluster = try await Cluster(3, at: server.url) { $0.clientName = "chat-server" }
        try await cluster.flood {}
        let list = try await server.run("CLIENT", "LIST")
        #expect(list.split(separator: "\n").count { $0.contains("name=chat-server") } == 6)
        await cluster.stop()
    }

    @Test("A backplane that was never started, or is stopped while it starts, ends")
    func stopsAtAnyTime() async throws {
        let backplane = try RedisBackplane(url: "redis://127.0.0.1")
        backplane.publish(BackplaneBlock(for: .all, "x", tallies: []))
        #expect(await backplane.drain(within: .zero), "nothing was accepted")
        #expect(backplane.status == BackplaneStatus())
        await backplane.stop()
        #expect(backplane.status.state == .stopped)

        let silent = try await RedisServer.start()
        silent.signal(SIGSTOP)
        let member = try Member(silent.url, name: 1) { $0.replyTimeout = .seconds(1) }
        let starting = Task { try await member.backplane.start(for: fingerprint, member.receiver) }
        await member.receiver.waitForDisconnection()
        starting.cancel()
        await #expect(throws: CancellationError.self) { try await starting.value }
        #expect(member.backplane.status.state == .stopped)

        let other = try Member(silent.url, name: 1) { $0.replyTimeout = .seconds(1) }
        let otherStart = Task { try await other.backplane.start(for: fingerprint, other.receiver) }
        await other.receiver.waitForDisconnection()
        await other.backplane.stop()
        let error = await #expect(throws: BackplaneError.self) { try await otherStart.value }
        #expect(error?.code == .stopped)
        silent.signal(SIGCONT)
    }

    @Test("Settings that are out of range are named")
    func validatesSettings() throws {
        let url = try RedisURL("redis://h")
        let changes: [(String, (inout RedisBackplaneConfiguration) -> Void)] = [
            ("key", { $0.key = "" }), ("key", { $0.key = String(repeating: "x", count: 513) }),
            ("retentionBytes", { $0.retentionBytes = 1 }), ("startTimeout", { $0.startTimeout = .zero }),
            ("connectTimeout", { $0.connectTimeout = .zero }), ("replyTimeout", { $0.replyTimeout = .milliseconds(1) }),
            ("clientName", { $0.clientName = "a b" }), ("holdBytes", { $0.limits.holdBytes = 0 }),
            ("maximumWaitingBytes", { $0.limits.maximumWaitingBytes = 1 }),
            ("holdTime", { $0.limits.holdTime = .seconds(-1) }),
        ]
        for (name, change) in changes {
            var configuration = RedisBackplaneConfiguration(url: url)
            change(&configuration)
            let error = #expect(throws: BackplaneError.self) { try RedisBackplane(configuration) }
            #expect(error?.description.contains(name) == true)
            #expect(error?.code == .invalidConfiguration)
        }
    }
}
