import SwitchboardBackplane
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
        let store = try await store()
        let (first, second) = (ClusterRate(perSecond: 2), ClusterRate(perSecond: 2))
        // The engine has the messages of half a second: one.
        #expect(await first.refill(from: store) == nil)
        #expect(await second.refill(from: store) == .milliseconds(100))
        #expect(takeAll(of: second) == 0)
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
        await rate.refill(from: store)
        #expect(takeAll(of: rate, at: now + Self.second) <= 125)
        #expect(takeAll(of: rate, at: now + 10 * Self.second) == 0, "the engine decides again")
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
        #expect(takeAll(of: try #require(rates.cluster)) == 400)
        #expect(rates.cluster?.refusedMessages == 1, "the one of this test, after the last message")
    }

    @Test("of three servers with different load is the limit, with each one's task, by the clock of the engine")
    func threeServers() async throws {
        let log = InMemoryLog()
        let store = try await store(log)
        let limit = 20_000
        let rates = (0..<3).map { _ in ClusterRate(perSecond: limit) }
        for rate in rates { rate.noteServers(3) }
        let start = try await store.servers().time
        let tasks = try await rates.asyncMap { rate in
            let store = try await self.store(log)
            return Task { await rate.run(with: store) }
        }
        let totals = try await withThrowingTaskGroup(of: Int.self) { group in
            for (rate, load) in zip(rates, [3, 20, 200]) {
                group.addTask {
                    var total = 0
                    while try await store.servers().time - start < .seconds(2) {
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

extension Sequence {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
