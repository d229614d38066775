import SwitchboardBackplane
import SwitchboardTesting
import Synchronization
import TestSupport
import Testing

@testable import SwitchboardServer

@Suite("The rate that servers share", .timeLimit(.minutes(Patience.minutes)))
struct ClusterRateTests {
    private static let second: UInt64 = 1_000_000_000

    /// A store that a server has opened, and the log whose reachability it depends on.
    private func store(_ log: InMemoryLog = InMemoryLog()) async throws -> any ClusterStore {
        let store = try #require(InMemoryBackplane(joining: log).store)
        try await store.open(for: ProtocolFingerprint(rawValue: 1), server: .random(), lifetime: .seconds(600))
        return store
    }

    /// Takes all messages that a server has at a time.
    private func takeAll(of rate: ClusterRate, at now: UInt64 = 0) -> Int {
        var total = 0
        while true {
            let taken = rate.takeShare(upTo: .max, at: now)
            if taken == 0 { return total }
            total += taken
        }
    }

    @Test("keeps the part of a server in reserve, and counts the messages that are refused", arguments: [1, 2, 5])
    func reserve(servers: Int) async throws {
        let store = try await store()
        let rate = ClusterRate(perSecond: 1000)
        rate.noteServers(servers)
        #expect(takeAll(of: rate) == 0)
        #expect(rate.refusedMessages == 1)
        #expect(await rate.refill(from: store) == nil)
        #expect(rate.takeShare(upTo: 3, at: 0) == 3)
        #expect(takeAll(of: rate) == 500 / servers - 3)
        #expect(rate.refusedMessages == 2)
        rate.giveBack(4)
        #expect(takeAll(of: rate) == 4)
    }

    @Test("leaves a server less in reserve when another server joins")
    func joining() async throws {
        let store = try await store()
        let rate = ClusterRate(perSecond: 1000)
        await rate.refill(from: store)
        rate.noteServers(2)
        #expect(takeAll(of: rate) == 250)
        rate.noteServers(1)
        #expect(takeAll(of: rate) == 0)
    }

    @Test("is asked for again later when the engine has granted less")
    func backOff() async throws {
        let store = SlowStore(try await store(), messages: 501)
        await store.gate.open()
        let (first, second) = (ClusterRate(perSecond: 1000), ClusterRate(perSecond: 1000))
        #expect(await first.refill(from: store) == nil)
        #expect(await first.refill(from: store) == nil, "the reserve is full")
        #expect(await second.refill(from: store) == .milliseconds(100))
        #expect(takeAll(of: second) == 1)
        #expect(takeAll(of: first) == 500)
    }

    @Test("is the part of a server while the engine is unreachable, by the clock of the event loops")
    func alone() async throws {
        let log = InMemoryLog()
        let store = try await store(log)
        let rate = ClusterRate(perSecond: 1000)
        rate.noteServers(4)
        await rate.refill(from: store)
        #expect(takeAll(of: rate) == 125)
        log.isReachable = false
        #expect(await rate.refill(from: store) != nil)
        var now = 7 * Self.second
        #expect(takeAll(of: rate, at: now) == 0, "an outage is no reason for a burst")
        var total = 0
        for _ in 0..<40 {
            now += Self.second / 4
            total += takeAll(of: rate, at: now)
        }
        #expect(total == 2500)
        log.isReachable = true
        #expect(await rate.refill(from: store) == nil)
        #expect(takeAll(of: rate, at: now + Self.second) == 125)
        #expect(takeAll(of: rate, at: now + 10 * Self.second) == 0, "the engine decides again")
    }

    /// A store whose bucket never fills, and which does not answer until the gate opens.
    private final class SlowStore: ClusterStore {
        let base: any ClusterStore
        let gate = Gate()
        let left: Mutex<Int>

        init(_ base: any ClusterStore, messages: Int) {
            self.base = base
            left = Mutex(messages)
        }

        func takeMessages(upTo count: Int, of rate: ClusterRateLimit) async throws(BackplaneError) -> Int {
            await gate.pass()
            return left.withLock { left in
                let taken = min(count, left)
                left -= taken
                return taken
            }
        }

        func open(
            for fingerprint: ProtocolFingerprint,
            server: ServerIncarnation,
            lifetime: Duration
        ) async throws(BackplaneError) {
            try await base.open(for: fingerprint, server: server, lifetime: lifetime)
        }
        func renew() async throws(BackplaneError) -> ClusterRenewal { try await base.renew() }
        func reset(_ part: ClusterPart) async throws(BackplaneError) { try await base.reset(part) }
        func apply(_ changes: ClusterChanges) async throws(BackplaneError) { try await base.apply(changes) }
        func admit(_ requests: [UserAdmission], limit: Int) async throws(BackplaneError) -> [Bool] {
            try await base.admit(requests, limit: limit)
        }
        func servers() async throws(BackplaneError) -> ClusterServers { try await base.servers() }
        func peers(of server: ServerIncarnation, in room: String?, at cursor: UInt64?) async throws(BackplaneError)
            -> ClusterPage
        {
            try await base.peers(of: server, in: room, at: cursor)
        }
        func peer(_ connection: UInt64, of server: ServerIncarnation) async throws(BackplaneError) -> ClusterPeer? {
            try await base.peer(connection, of: server)
        }
        func leave() async { await base.leave() }
    }

    @Test("is the part of a server also while the engine does not answer, until it does")
    func silence() async throws {
        let store = SlowStore(try await store(), messages: 50)
        let rate = ClusterRate(perSecond: 1000)
        rate.noteServers(10)
        let filling = Task { await rate.refill(from: store) }
        var now = Self.second
        while takeAll(of: rate, at: now) == 0 {
            now += Self.second
            try await Task.sleep(for: .milliseconds(5))
        }
        now += 10 * Self.second
        #expect(takeAll(of: rate, at: now) == 100)
        await store.gate.open()
        #expect(await filling.value == nil)
        #expect(takeAll(of: rate, at: now) == 50)
        #expect(takeAll(of: rate, at: now + 10 * Self.second) == 0)
    }

    @Test("lets each server have at least one message a second alone")
    func aloneWithLowRate() async throws {
        let log = InMemoryLog()
        let store = try await store(log)
        let rate = ClusterRate(perSecond: 1)
        rate.noteServers(100)
        log.isReachable = false
        await rate.refill(from: store)
        #expect(takeAll(of: rate, at: Self.second) == 0)
        #expect(takeAll(of: rate, at: 2 * Self.second) == 1)
    }

    @Test("is kept together with the rate of the server, which gives back what the server does not allow")
    func bothRates() async throws {
        let store = try await store()
        let rates = MessageRates(perConnection: 0, shared: 100, cluster: 1000)
        await rates.cluster?.refill(from: store)
        var (paidUntil, held, total) = (UInt64(0), 0, 0)
        while true {
            let allowed = rates.allowance(upTo: 1000, &paidUntil, &held, at: Self.second)
            if allowed == 0 { break }
            rates.take(allowed, &paidUntil, &held, at: Self.second)
            total += allowed
        }
        #expect(total == 100)
        let shared = rates.cluster
        let cluster = try #require(shared)
        #expect(takeAll(of: cluster) == 400)
        #expect(cluster.refusedMessages == 1, "the one of this test, after the last message")
    }

    @Test("of three servers with different load is the limit, with each one's task, by the clock of the engine")
    func threeServers() async throws {
        let log = InMemoryLog()
        let store = try await store(log)
        let limit = 20_000
        let rates = (0..<3).map { _ in ClusterRate(perSecond: limit) }
        let start = try await store.servers().time
        for rate in rates {
            rate.noteServers(3)
            await rate.prepare(with: store)
        }
        let tasks = rates.map { rate in Task { await rate.run(with: store) } }
        let totals = try await withThrowingTaskGroup(of: Int.self) { group in
            for (rate, load) in zip(rates, [3, 20, 200]) {
                group.addTask {
                    var total = 0
                    for _ in 0..<500 {
                        for _ in 0..<load { total += rate.takeShare(upTo: 1, at: 0) }
                        try await Task.sleep(for: .milliseconds(1))
                    }
                    return total
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let elapsed = try await store.servers().time - start
        for task in tasks { task.cancel() }
        // The bucket holds the messages of a second at most, at the engine and in reserve.
        #expect(Double(totals.reduce(0, +)) <= Double(limit) * (elapsed / .seconds(1) + 1))
        #expect(totals.allSatisfy { $0 > 0 })
    }
}
