import BackplaneTestSupport
import Glibc
import SwitchboardBackplane
import SwitchboardBytes
import TestSupport
import Testing

/// What every backplane promises, tested with each engine.
@Suite("A backplane", .serialized, .timeLimit(.minutes(Patience.minutes)))
struct BackplaneContractTests {
    @Test("Blocks reach every other server once and in order, under load", arguments: EngineKind.allCases)
    func deliversUnderLoad(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let cluster = try await engine.cluster(3)
        try await cluster.flood {}
        for member in cluster.members {
            let status = member.backplane.status
            #expect(status.state == .up)
            #expect(status.problem == nil)
            #expect(status.waitingBlocks == 0 && status.waitingBytes == 0)
            #expect(status.counters.published == UInt64(member.publishedCount))
        }
        await cluster.stop()
        #expect(cluster.members[0].backplane.status.state == .stopped)
    }

    @Test("Blocks of every size and for every target arrive as they were", arguments: EngineKind.allCases)
    func deliversEverything(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let cluster = try await engine.cluster(2)
        let sizes = [0, 1, 100, 65_535, 65_536, 300_000, 16 * 1024 * 1024]
        let targets: [BackplaneBlock.Target] = [.all, .user("álice"), .session("s"), .room("r")]
        var blocks = sizes.enumerated().map { index, size in
            BackplaneBlock(
                for: .user("\(index)"),
                Bytes([UInt8](repeating: UInt8(index), count: size)),
                tallies: [.init(code: 2, messages: 1, bytes: UInt32(size))]
            )
        }
        blocks += targets.map { BackplaneBlock(for: $0, "ab", tallies: [.init(code: 3, messages: 2, bytes: 2)]) }
        blocks.append(BackplaneBlock(for: .room("r"), Bytes(), tallies: [], closesReceivers: true))
        for block in blocks { cluster.members[0].backplane.publish(block) }
        let expected = blocks
        await cluster.members[1].receiver.wait { $0.others.count >= expected.count }
        #expect(cluster.members[1].receiver.state.others == expected)
        #expect(cluster.members[0].receiver.state.others.isEmpty)
        await cluster.stop()
    }

    @Test("A block that no entry can hold is dropped and counted, here and there", arguments: EngineKind.allCases)
    func dropsWhatNoEntryHolds(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let cluster = try await engine.cluster(2)
        let (first, second) = (cluster.members[0], cluster.members[1])
        first.publish()
        await second.receiver.wait(forAll: 1, of: 0)
        first.backplane.publish(BackplaneBlock(for: .all, "ab", tallies: [.init(code: 3, messages: 1, bytes: 3)]))
        first.publish()
        await second.receiver.wait(forAll: 2, of: 0)
        #expect(first.backplane.status.counters.dropped == 1)
        #expect(second.backplane.status.counters.missed == 1)
        await cluster.stop()
    }

    @Test(
        "A server that joins starts at the end of the log, and one that leaves loses nothing that it has accepted",
        arguments: EngineKind.allCases
    )
    func joinsAndLeaves(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let first = try await engine.member(1)
        for _ in 0..<100 { first.publish() }
        #expect(await first.backplane.drain(within: .seconds(60)))
        let second = try await engine.member(2)
        for _ in 0..<1000 { first.publish() }
        #expect(await first.backplane.drain(within: .seconds(60)))
        await first.backplane.stop()
        await second.receiver.wait { $0.numbers[1]?.last == 1099 }
        #expect(second.receiver.state.numbers[1] == Array(100..<1100))
        first.publish()
        #expect(await first.backplane.drain(within: .seconds(60)))
        await #expect(throws: BackplaneError.self) { try await first.join() }
        await #expect(throws: BackplaneError.self) { try await second.join() }
        await second.backplane.stop()
    }

    @Test(
        "A server that stops at once leaves the others a prefix of what it has published, without a gap",
        arguments: EngineKind.allCases
    )
    func leavesPrefix(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let cluster = try await engine.cluster(3)
        let (first, others) = (cluster.members[0], cluster.members.dropFirst())
        let flood = first.flood()
        for other in others { await other.receiver.wait { ($0.numbers[0]?.count ?? 0) > 200 } }
        await first.backplane.stop()
        flood.cancel()
        // What comes behind the last entry of the server that has stopped.
        others[1].publish()
        await others[2].receiver.wait(forAll: 1, of: 1)
        let numbers = others[2].receiver.state.numbers[0] ?? []
        #expect(numbers == (0..<numbers.count).map { UInt32($0) })
        #expect(numbers.count > 200)
        #expect(others[2].backplane.status.counters.missed == 0)
        await cluster.stop()
    }

    @Test("Servers with another protocol are not heard, and counted", arguments: EngineKind.allCases)
    func separatesProtocols(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let first = try await engine.member(1)
        let second = try await engine.member(2)
        let foreign = try await engine.member(3, for: ProtocolFingerprint(rawValue: 1))
        foreign.publish()
        #expect(await foreign.backplane.drain(within: .seconds(60)))
        first.publish()
        await second.receiver.wait(forAll: 1, of: 1)
        #expect(second.receiver.state.numbers == [1: [0]])
        #expect(second.backplane.status.counters.foreign >= 1)
        for member in [first, second, foreign] { await member.backplane.stop() }
    }

    @Test("A server that pauses receives everything after it has resumed", arguments: EngineKind.allCases)
    func pausesAndResumes(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let cluster = try await engine.cluster(2)
        let (first, second) = (cluster.members[0], cluster.members[1])
        first.publish()
        await second.receiver.wait(forAll: 1, of: 0)
        second.backplane.pauseReceiving()
        for _ in 0..<1000 { first.publish(size: 10_000) }
        #expect(await first.backplane.drain(within: .seconds(60)))
        #expect(second.receiver.count(of: 0) < 1001)
        second.backplane.resumeReceiving()
        await cluster.check()
        await cluster.stop()
    }

    @Test("The engine is away for a while: everything arrives, once and in order", arguments: EngineKind.allCases)
    func survivesOutage(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let cluster = try await engine.cluster(3)
        try await cluster.flood {
            await engine.fail()
            for member in cluster.members { await member.receiver.waitForDisconnection() }
            #expect(cluster.members[0].backplane.status.state == .degraded)
            #expect(cluster.members[0].backplane.status.problem != nil)
            try await engine.recover()
            for member in cluster.members {
                await member.receiver.waitForReconnection()
                await member.receiver.waitForRecovery()
            }
        }
        while !cluster.members.allSatisfy({ $0.backplane.status.state == .up }) { await Task.yield() }
        await cluster.stop()
    }

    @Test(
        "An outage is one disconnection, however many connections and attempts to connect fail",
        arguments: EngineKind.allCases
    )
    func reportsOneDisconnection(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let first = try await engine.cluster(1).members[0]
        for outage in 1...2 {
            await engine.fail()
            await first.receiver.waitForDisconnection(outage)
            first.publish()
            // Meanwhile, attempts to connect fail.
            #expect(await first.backplane.drain(within: .seconds(1)) == false)
            try await engine.recover()
            await first.receiver.waitForReconnection(outage + 1)
            await first.receiver.waitForRecovery()
            let disconnections = first.receiver.state.events.filter {
                if case .disconnected = $0 { true } else { false }
            }
            #expect(disconnections.count == outage, "\(disconnections)")
        }
        await first.backplane.stop()
    }

    @Test(
        "Publishers are held while too much waits, a drain waits for the engine, and all arrives in the end",
        arguments: EngineKind.allCases
    )
    func holdsAndDrains(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let cluster = try await engine.cluster(2)
        let (first, second) = (cluster.members[0], cluster.members[1])
        await engine.fail()
        await first.receiver.waitForDisconnection()
        while !first.backplane.holdsPublishers { first.publish(size: 10_000) }
        #expect(first.backplane.status.waitingBytes > 4 * 1024 * 1024)
        #expect(await first.backplane.drain(within: .milliseconds(10)) == false)
        #expect(first.backplane.status.waitingBlocks == first.publishedCount)
        async let drained = first.backplane.drain(within: .seconds(100))
        try await engine.recover()
        #expect(await drained)
        await first.receiver.wait { $0.releases == 1 }
        #expect(!first.backplane.holdsPublishers)
        await second.receiver.wait(forAll: first.publishedCount, of: 0)
        await cluster.check()
        await cluster.stop()
    }

    @Test("Publishers that were held for too long are released", arguments: EngineKind.withClock)
    func degrades(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let cluster = try await engine.cluster(2) {
            $0.holdTime = .milliseconds(1)
            $0.holdBytes = 100_000
        }
        let first = cluster.members[0]
        await engine.fail()
        await first.receiver.waitForDisconnection()
        while !first.backplane.holdsPublishers { first.publish(size: 10_000) }
        await first.receiver.wait { $0.events.contains(.degraded) && $0.releases == 1 }
        for _ in 0..<100 { first.publish(size: 10_000) }
        #expect(!first.backplane.holdsPublishers)
        #expect(first.backplane.status.state == .degraded)
        try await engine.recover()
        await cluster.members[1].receiver.wait(forAll: first.publishedCount, of: 0)
        await first.receiver.waitForRecovery()
        await cluster.check()
        await cluster.stop()
    }

    @Test(
        "Beyond the limit the oldest blocks are dropped: this server counts them, and the others count them as missing",
        arguments: EngineKind.allCases
    )
    func dropsTheOldest(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        let cluster = try await engine.cluster(2) {
            $0.holdBytes = 100_000
            $0.maximumWaitingBytes = 200_000
        }
        let (first, second) = (cluster.members[0], cluster.members[1])
        first.publish()
        await second.receiver.wait(forAll: 1, of: 0)
        await engine.fail()
        await first.receiver.waitForDisconnection()
        for _ in 0..<100 { first.publish(size: 10_000) }
        let dropped = first.backplane.status.counters.dropped
        #expect(dropped > 50)
        try await engine.recover()
        await second.receiver.wait(forAll: 101, of: 0)
        let numbers = second.receiver.state.numbers[0] ?? []
        #expect(second.backplane.status.counters.missed == dropped)
        #expect(numbers.count + Int(dropped) == 101)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        let reported = second.receiver.state.events.compactMap {
            if case .missed(let count, _) = $0 { count } else { nil }
        }
        #expect(reported.reduce(0, +) == dropped)
        await cluster.stop()
    }

    @Test("A start in a task that is already cancelled ends at once", arguments: EngineKind.withClock)
    func cancelsEarly(_ kind: EngineKind) async throws {
        let engine = try await kind.start()
        await engine.fail()
        let backplane = try engine.backplane(BackplaneLimits())
        let start = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await backplane.start(for: fingerprint, Member.Receiver())
        }
        await #expect(throws: CancellationError.self) { try await start.value }
        #expect(backplane.status.state == .stopped)
    }

    @Test("A backplane that was never started is silent, and stops", arguments: EngineKind.allCases)
    func stopsWithoutStart(_ kind: EngineKind) async throws {
        let backplane = try await kind.start().backplane(BackplaneLimits())
        backplane.publish(BackplaneBlock(for: .all, "x", tallies: []))
        #expect(await backplane.drain(within: .zero), "nothing was accepted")
        #expect(backplane.status == BackplaneStatus())
        await backplane.stop()
        #expect(backplane.status.state == .stopped)
    }
}
