import SwitchboardBackplane
import SwitchboardBytes
import Testing

@Suite("The pace of readers")
struct ReaderPaceTests {
    private static let second: UInt64 = 1_000_000_000
    private static let blockBytes = PendingLog.entryBytes
    private static let own = server
    private static let other = ServerIncarnation(rawValue: 7)

    private var log = PendingLog()
    private var position: UInt64 = 0

    init() {
        // Three entries of one block each are within the limit, the fourth exceeds it.
        log.limitUnread(to: 3 * Self.blockBytes + 1000)
        for reader in [Self.own, Self.other] { read(0, by: reader) }
    }

    /// The position of the entry with this number: the first one has 1.
    private func position(_ number: UInt64) -> LogPosition { LogPosition(high: 1, low: number) }

    private mutating func read(_ number: UInt64, by reader: ServerIncarnation, at now: UInt64 = 0) {
        log.noteRead(by: reader, upTo: position(number), at: now)
    }

    /// Publishes blocks, and has the engine take entries until none is sent; returns how many entries with blocks were sent.
    private mutating func publish(_ count: Int, at now: UInt64 = 0) -> Int {
        for _ in 0..<count { log.append(block(size: Self.blockBytes)) }
        var sent = 0
        while let entry = log.takeEntry(at: now) {
            position += 1
            log.acknowledge(at: now, position: position(position))
            if !entry.blocks.isEmpty { sent += 1 }
        }
        return sent
    }

    @Test("No block is sent while the slowest reader is too far behind, and each entry that it reads lets one go")
    mutating func followsSlowest() {
        #expect(publish(10) == 4)
        #expect(log.waitingBlocks == 6)
        read(4, by: Self.own)
        #expect(publish(0) == 0, "the other has read nothing")
        read(1, by: Self.other)
        #expect(publish(0) == 1)
        read(5, by: Self.other)
        read(5, by: Self.own)
        #expect(log.unreadBytes == 0)
        #expect(publish(0) == 4)
    }

    @Test("A reader that does nothing for 1 s is not waited for until it reads again")
    mutating func passesStalledReaders() {
        #expect(publish(5) == 4)
        read(4, by: Self.own)
        log.tick(at: 1 * Self.second)
        log.tick(at: 2 * Self.second - 1)
        #expect(publish(0, at: 2 * Self.second) == 0)
        log.tick(at: 2 * Self.second)
        #expect(log.unreadBytes == 0)
        #expect(publish(0, at: 2 * Self.second) == 1)
        read(5, by: Self.own, at: 2 * Self.second)
        read(1, by: Self.other, at: 2 * Self.second)
        #expect(publish(5, at: 2 * Self.second) == 4, "from now on it counts again")
    }

    @Test("A slow reader that reads something every second is waited for")
    mutating func waitsForSlowReaders() {
        // The log has entries of other servers, too.
        #expect(publish(5) == 4)
        read(4, by: Self.own)
        for second in 1...10 {
            log.tick(at: UInt64(second) * Self.second)
            log.noteRead(
                by: Self.other,
                upTo: LogPosition(high: 0, low: UInt64(second)),
                at: UInt64(second) * Self.second
            )
        }
        #expect(publish(0, at: 10 * Self.second) == 0)
    }

    @Test("A server that was not heard for 15 s is not waited for")
    mutating func forgetsDeadReaders() {
        read(0, by: Self.own, at: 14 * Self.second)
        log.tick(at: 16 * Self.second)
        read(0, by: Self.own, at: 16 * Self.second)
        #expect(publish(1, at: 16 * Self.second) == 1)
        #expect(log.unreadBytes > 0)
        read(2, by: Self.own, at: 16 * Self.second)
        #expect(log.unreadBytes == 0)
    }

    @Test("An entry that all have read before it is acknowledged does not wait for readers")
    mutating func readsBeforeAcknowledgement() {
        for reader in [Self.own, Self.other] { read(9, by: reader) }
        #expect(publish(8) == 8)
        #expect(log.unreadBytes == 0)
    }

    @Test("Readers of an engine that may be another one begin anew")
    mutating func beginsAnew() {
        #expect(publish(5) == 4)
        log.replay()
        #expect(log.unreadBytes == 0)
        #expect(publish(0) == 5, "those that are kept, and the one that waited")
    }

    @Test(
        "A server that reads much says how far it is; the number of a heartbeat is that of the first block that waits"
    )
    mutating func reports() {
        #expect(publish(5) == 4)
        #expect(log.takeEntry(at: 0) == nil)
        log.noteOwnRead(Self.blockBytes, by: Self.own, upTo: position(1), at: 0)
        let report = log.takeEntry(at: 0)
        #expect(report?.blocks.isEmpty == true)
        #expect(report?.first == 4)
        log.acknowledge(at: 0, position: position(5))
        #expect(log.takeEntry(at: 0) == nil, "once")
    }

    @Test("However long a reader is gone, what is remembered for it is bounded")
    mutating func boundsMemory() {
        log.limitUnread(to: .max)
        for _ in 0..<5000 {
            log.append(block())
            position += 1
            _ = log.takeEntry(at: 0)
            log.acknowledge(at: 0, position: position(position))
        }
        read(4999, by: Self.own)
        read(4999, by: Self.other)
        #expect(log.unreadBytes > 0)
        read(5000, by: Self.own)
        read(5000, by: Self.other)
        #expect(log.unreadBytes == 0)
    }
}
