import SwitchboardBackplane
import SwitchboardBytes
import Testing

@Suite("The log of what waits for the engine")
struct PendingLogTests {
    private static let second: UInt64 = 1_000_000_000

    /// The numbers of the blocks of the entry that is sent next.
    private func send(_ log: inout PendingLog, at now: UInt64 = 0) -> Range<UInt64>? {
        log.takeEntry(at: now).map { $0.first..<$0.first + UInt64($0.blocks.count) }
    }

    private func log(holding: Int = 1000, dropping: Int = 10_000) -> PendingLog {
        var limits = BackplaneLimits()
        limits.holdBytes = holding
        limits.maximumWaitingBytes = dropping
        limits.holdTime = .seconds(5)
        return PendingLog(limits: limits)
    }

    @Test("Two entries are in flight, and what is published meanwhile becomes one")
    func clocksItself() {
        var log = PendingLog()
        log.append(block())
        #expect(send(&log) == 0..<1)
        log.append(block())
        #expect(send(&log) == 1..<2)
        for _ in 0..<100 { log.append(block()) }
        #expect(send(&log) == nil)
        log.acknowledge(at: 0)
        #expect(send(&log) == 2..<102)
        #expect(send(&log) == nil)
        log.acknowledge(at: 0)
        log.acknowledge(at: 0)
        #expect(log.firstUnacknowledged == 102 && log.next == 102)
        #expect(log.waitingBlocks == 0 && log.waitingBytes == 0)
    }

    @Test("An entry holds no more than 64 KiB, unless a single block is larger")
    func limitsEntries() {
        var log = PendingLog()
        for _ in 0..<3 { log.append(block(size: 30_000)) }
        log.append(block(size: 100_000))
        log.append(block())
        var sent: [Range<UInt64>?] = []
        while let range = send(&log) {
            sent.append(range)
            log.acknowledge(at: 0)
        }
        #expect(sent == [0..<2, 2..<3, 3..<4, 4..<5])
    }

    @Test("A heartbeat that the engine acknowledges is no progress of publishers that are held")
    func ignoresHeartbeats() {
        var limits = BackplaneLimits()
        limits.holdBytes = 1000
        limits.holdTime = .milliseconds(500)
        var log = PendingLog(limits: limits)
        let reader = ServerIncarnation(rawValue: 9)
        log.limitUnread(to: 100)
        log.noteRead(by: reader, upTo: .start, at: 0)
        log.append(block(size: 500))
        #expect(send(&log, at: 0) == 0..<1)
        log.acknowledge(at: 0, position: LogPosition(high: 1, low: 0))
        // The reader is behind: these blocks wait for it, and only heartbeats go out.
        for _ in 0..<4 { log.append(block(size: 500)) }
        #expect(log.holdsPublishers)
        log.tick(at: 0)
        log.noteOwnRead(1000, by: server, upTo: LogPosition(high: 1, low: 0), at: 0)
        #expect(send(&log, at: 400_000_000) == 1..<1)
        log.acknowledge(at: 400_000_000, position: LogPosition(high: 2, low: 0))
        log.tick(at: 500_000_000)
        #expect(log.isDegraded)
        #expect(!log.holdsPublishers)
    }

    @Test("A block that no entry can hold uses a number, and the next entry begins behind it")
    func skipsImpossibleBlocks() {
        var log = PendingLog()
        log.append(block())
        log.append(block(for: .session("")))
        log.append(block(for: .room(String(repeating: "x", count: 1025))))
        log.append(BackplaneBlock(for: .all, "abc", tallies: []))
        log.append(block(size: 16 * 1024 * 1024 + 1))
        log.append(block())
        #expect(send(&log) == 0..<1)
        #expect(send(&log) == 5..<6)
        #expect(log.dropped == 4)
    }

    @Test("What was in flight when the connection broke is sent again, as it was and in order")
    func resendsAfterALoss() {
        var log = PendingLog()
        log.append(block(1))
        let first = log.takeEntry(at: 0)
        log.append(block(2))
        log.append(block(3))
        let second = log.takeEntry(at: 0)
        log.append(block(4))
        log.loseConnection()
        #expect(log.takeEntry(at: 0) == first)
        #expect(log.takeEntry(at: 0) == second)
        log.acknowledge(at: 0)
        #expect(send(&log) == 3..<4)
        #expect(log.sentEntries == 5)
    }

    @Test("Above the limit the oldest blocks that are not in flight are dropped, and their numbers stay used")
    func dropsTheOldest() {
        var log = log()
        log.append(block(size: 1000))
        #expect(send(&log) == 0..<1)
        for _ in 0..<20 { log.append(block(size: 1000)) }
        #expect(log.dropped > 0)
        #expect(log.waitingBytes <= 10_000)
        let dropped = log.dropped
        log.loseConnection()
        #expect(send(&log) == 0..<1)
        #expect(send(&log) == 1 + dropped..<21)
        log.acknowledge(at: 0)
        log.acknowledge(at: 0)
        #expect(log.waitingBytes == 0 && log.waitingBlocks == 0)
    }

    @Test("A rejected entry is sent again alone, and nothing overtakes it")
    func resendsRejectedEntries() {
        var log = PendingLog()
        log.append(block(1))
        let first = log.takeEntry(at: 0)
        log.append(block(2))
        let second = log.takeEntry(at: 0)
        log.append(block(3))
        log.reject(at: 0)
        // The second has not been answered yet: sending the first again now could turn the order.
        #expect(log.takeEntry(at: 0) == nil)
        log.reject(at: 0)
        #expect(log.takeEntry(at: 0) == first)
        #expect(log.takeEntry(at: 0) == nil, "one at a time after a rejection")
        log.acknowledge(at: 1)
        #expect(log.takeEntry(at: 1) == second)
        log.acknowledge(at: 1)
        log.append(block(4))
        #expect(send(&log, at: 11 * Self.second) == 2..<4)
        log.append(block(5))
        #expect(send(&log, at: 11 * Self.second) == 4..<5, "two again after a while")
        #expect(log.dropped == 0 && log.rejections == 2)
    }

    @Test("A rejected entry whose successor was taken is dropped and counted: it must not arrive behind it")
    func dropsWhatWasOvertaken() {
        var log = PendingLog()
        log.append(block(1))
        _ = log.takeEntry(at: 0)
        log.append(block(2))
        _ = log.takeEntry(at: 0)
        log.reject(at: 0)
        log.acknowledge(at: 0)
        #expect(log.dropped == 1)
        #expect(log.firstUnacknowledged == 2)
        #expect(log.waitingBlocks == 0 && log.waitingBytes == 0)
    }

    @Test("An entry that the engine can never take is dropped and counted, and the next one is sent")
    func discards() {
        var log = PendingLog()
        log.append(block(1))
        log.append(block(2))
        let first = log.takeEntry(at: 0)
        log.append(block(3))
        log.discard(at: 0)
        #expect(log.dropped == UInt64(first?.blocks.count ?? 0))
        #expect(log.waitingBlocks == 1)
        #expect(send(&log, at: 0) == 2..<3)
        log.discard(at: 0)
        #expect(log.waitingBytes == 0 && log.dropped == 3)
        log.discard(at: 0)
        #expect(log.dropped == 3, "nothing is in flight")
    }

    @Test("Entries that were acknowledged within 5 s are sent again to an engine that may have lost them")
    func replaysKeptEntries() {
        var log = PendingLog()
        for (number, time) in [(0, 0), (1, 2), (2, 6)] as [(UInt8, UInt64)] {
            log.append(block(number))
            _ = log.takeEntry(at: time * Self.second)
            log.acknowledge(at: time * Self.second)
        }
        log.append(block(3))
        _ = log.takeEntry(at: 6 * Self.second)
        log.tick(at: 6 * Self.second)
        log.loseConnection()
        log.replay()
        #expect(log.firstUnacknowledged == 1)
        #expect(log.waitingBlocks == 3)
        var sent: [Range<UInt64>?] = []
        while let range = send(&log, at: 6 * Self.second) {
            sent.append(range)
            log.acknowledge(at: 6 * Self.second)
        }
        #expect(sent == [1..<2, 2..<3, 3..<4])
        #expect(log.waitingBlocks == 0 && log.waitingBytes == 0)
    }

    @Test("Acknowledged entries are kept through an outage of any length: only time with acknowledgements counts")
    func keepsEntriesThroughAnOutage() {
        var log = PendingLog()
        log.append(block())
        #expect(send(&log) == 0..<1)
        log.acknowledge(at: 0)
        log.loseConnection()
        log.tick(at: 3600 * Self.second)
        log.replay()
        #expect(send(&log, at: 3600 * Self.second) == 0..<1)
    }

    @Test("No more than 8 MiB of acknowledged entries are kept")
    func limitsKeptEntries() {
        var log = PendingLog()
        for _ in 0..<10 {
            log.append(block(size: 1024 * 1024))
            _ = log.takeEntry(at: 0)
            log.acknowledge(at: 0)
        }
        log.replay()
        #expect(log.waitingBlocks == 7)
    }

    @Test("A heartbeat says the next number when nothing was sent for 5 s")
    func sendsHeartbeats() {
        var log = PendingLog()
        #expect(send(&log) == 0..<0, "the first one says hello")
        log.acknowledge(at: 0)
        log.append(block())
        #expect(send(&log, at: 1) == 0..<1)
        #expect(send(&log, at: 1 + 5 * Self.second) == nil, "not while an entry is in flight")
        log.acknowledge(at: 1)
        #expect(send(&log, at: 5 * Self.second) == nil)
        #expect(send(&log, at: 1 + 5 * Self.second) == 1..<1)
    }

    // MARK: Holding publishers

    @Test("Publishers are held above a number of bytes, and released when half of them wait")
    func holdsPublishers() {
        var log = log()
        var count = 0
        while !log.holdsPublishers {
            log.append(block(size: 100))
            count += 1
        }
        #expect(log.waitingBytes > 1000)
        _ = log.takeEntry(at: 0)
        #expect(log.holdsPublishers)
        log.acknowledge(at: 0)
        #expect(!log.holdsPublishers)
    }

    @Test("Publishers are released, too, when what waited was dropped")
    func releasesAfterDropping() {
        var log = log()
        for _ in 0..<10 { log.append(block(size: 100)) }
        #expect(log.holdsPublishers)
        log.append(block(size: 20_000))
        #expect(log.waitingBytes == 0)
        #expect(log.dropped == 11)
        log.tick(at: 0)
        #expect(!log.holdsPublishers)
    }

    @Test("Holding ends after 5 s without progress; progress begins the 5 s anew")
    func limitsHolding() {
        var log = log(dropping: 1_000_000)
        for _ in 0..<4 { log.append(block(size: 60_000)) }
        log.tick(at: 1 * Self.second)
        log.tick(at: 5 * Self.second)
        #expect(log.holdsPublishers)
        _ = log.takeEntry(at: 5 * Self.second)
        log.acknowledge(at: 5 * Self.second)
        log.tick(at: 9 * Self.second)
        #expect(log.holdsPublishers)
        log.tick(at: 10 * Self.second)
        #expect(!log.holdsPublishers)
        #expect(log.isDegraded)
        log.append(block(size: 60_000))
        #expect(!log.holdsPublishers, "still quiet")
        _ = log.takeEntry(at: 11 * Self.second)
        log.acknowledge(at: 11 * Self.second)
        #expect(log.holdsPublishers)
        #expect(!log.isDegraded)
        while log.takeEntry(at: 11 * Self.second) != nil { log.acknowledge(at: 11 * Self.second) }
        #expect(!log.holdsPublishers)
    }

    // MARK: Everything together

    @Test("Whatever happens, every block arrives in order, once, or is counted")
    func keepsItsPromise() throws {
        for _ in 0..<60 {
            var run = RandomRun(log: log(holding: 2000, dropping: 6000))
            for _ in 0..<400 { run.step(Int.random(in: 0...9)) }
            run.finish()
            let (numbers, counters) = run.received()
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "order, and none twice")
            #expect(UInt64(numbers.count) == counters.received)
            #expect(counters.malformed == 0)
            // The receiver knows the server from its first entry on, which may be a heartbeat.
            let known = run.published - Int(try #require(run.firstNumber))
            #expect(numbers.count + Int(counters.missed) == known)
            #expect(counters.missed <= run.log.dropped + run.uncertain)
        }
    }
}

/// A server that publishes, and an engine that answers, rejects, and loses connections.
private struct RandomRun {
    private static let frameBytes = 40

    var log: PendingLog
    private(set) var published = 0
    /// Blocks that the engine has rejected, and whose successors it may have taken, which nobody knows.
    private(set) var uncertain: UInt64 = 0
    private var engine: [Bytes] = []
    private var outstanding: [PendingLog.Outgoing] = []
    private var rejectedBlocks: UInt64 = 0
    private var now: UInt64 = 0

    init(log: PendingLog) {
        self.log = log
    }

    mutating func step(_ choice: Int) {
        now += 100_000_000
        switch choice {
        case 0...3: publish()
        case 4...5: if let entry = log.takeEntry(at: now) { outstanding.append(entry) }
        case 6...7: answer(accepting: true)
        case 8: answer(accepting: false)
        default: loseConnection()
        }
    }

    mutating func finish() {
        while log.firstUnacknowledged < log.next || !outstanding.isEmpty {
            step(4)
            step(6)
        }
        // A heartbeat says what is missing at the end.
        now += 6_000_000_000
        step(4)
        step(6)
    }

    private mutating func publish() {
        var writer = ByteWriter()
        for _ in 0..<Self.frameBytes / 4 { writer.append(UInt32(published), .big) }
        let tally = BackplaneBlock.Tally(code: 1, messages: 1, bytes: UInt32(Self.frameBytes))
        log.append(BackplaneBlock(for: .all, writer.takeBytes(), tallies: [tally]))
        published += 1
    }

    /// The engine answers the oldest entry that it has not answered.
    private mutating func answer(accepting: Bool) {
        guard !outstanding.isEmpty else { return }
        let entry = outstanding.removeFirst()
        if accepting {
            engine.append(entry.encoded(fingerprint, server))
            log.acknowledge(at: now)
            rejectedBlocks = 0
        } else {
            log.reject(at: now)
            rejectedBlocks = outstanding.isEmpty ? 0 : UInt64(entry.blocks.count)
        }
    }

    /// The connection breaks: the engine may have taken what it has not answered.
    private mutating func loseConnection() {
        let taken = outstanding.prefix(Int.random(in: 0...outstanding.count))
        engine += taken.map { $0.encoded(fingerprint, server) }
        if !taken.isEmpty { uncertain += rejectedBlocks }
        rejectedBlocks = 0
        outstanding = []
        log.loseConnection()
        if Bool.random() { log.replay() }
    }

    /// The number of the first entry that the engine has taken.
    var firstNumber: UInt64? {
        guard let bytes = engine.first, case .entry(let entry) = EntryDecoder(fingerprint).decode(bytes) else {
            return nil
        }
        return entry.first
    }

    /// The numbers in the frames that another server receives.
    func received() -> (numbers: [UInt32], counters: BackplaneStatus.Counters) {
        var inbox = Inbox(fingerprint, own: ServerIncarnation(rawValue: 1))
        var numbers: [UInt32] = []
        for bytes in engine {
            for block in inbox.take(bytes, at: 0, published: 0, sent: 0).blocks {
                var reader = ByteReader(block.frames)
                while let number = reader.readInteger(.big, as: UInt32.self) {
                    numbers.append(number)
                    reader.skip(Self.frameBytes - 4)
                }
            }
        }
        return (numbers, inbox.counters)
    }
}
