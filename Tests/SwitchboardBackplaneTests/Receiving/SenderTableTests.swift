import SwitchboardBackplane
import Testing

@Suite("What was read of each server")
struct SenderTableTests {
    private static let own = ServerIncarnation(rawValue: 1)
    private var table = SenderTable(own: own)

    private mutating func note(
        _ first: UInt64,
        _ count: UInt32,
        from number: UInt64 = 2,
        at now: UInt64 = 0,
        published: UInt64 = 0,
        sent: UInt64 = 0
    ) -> SenderTable.Verdict {
        table.note(
            first: first,
            count: count,
            from: ServerIncarnation(rawValue: number),
            at: now,
            published: published,
            sent: sent
        )
    }

    @Test("A server is known from its first entry on: what it published before is not missing")
    mutating func startsAnywhere() {
        #expect(note(1000, 5) == .deliver(missed: 0))
        #expect(note(1005, 1) == .deliver(missed: 0))
        #expect(note(0, 1, from: 3) == .deliver(missed: 0))
    }

    @Test("Gaps are counted, each server for itself")
    mutating func countsGaps() {
        #expect(note(0, 1) == .deliver(missed: 0))
        #expect(note(0, 1, from: 3) == .deliver(missed: 0))
        #expect(note(5, 2) == .deliver(missed: 4))
        #expect(note(7, 1) == .deliver(missed: 0))
        #expect(note(1, 1, from: 3) == .deliver(missed: 0))
    }

    @Test("A heartbeat uncovers what is missing before a pause, and comes again without harm")
    mutating func findsGapsByHeartbeats() {
        #expect(note(0, 1) == .deliver(missed: 0))
        #expect(note(4, 0) == .deliver(missed: 3))
        #expect(note(4, 0) == .deliver(missed: 0))
        #expect(note(4, 1) == .deliver(missed: 0))
        #expect(note(4, 0) == .duplicate)
    }

    @Test("Entries that come again, as a whole or in part, are duplicates")
    mutating func findsDuplicates() {
        #expect(note(0, 10) == .deliver(missed: 0))
        #expect(note(0, 10) == .duplicate)
        #expect(note(5, 10) == .duplicate)
        #expect(note(10, 1) == .deliver(missed: 0))
    }

    @Test("Own entries are recognised, also when they are sent or read again")
    mutating func findsOwnEntries() {
        #expect(note(0, 1, from: 1, published: 1, sent: 1) == .own)
        #expect(note(0, 1, from: 1, published: 1, sent: 2) == .own)
        table.rewind()
        #expect(note(0, 1, from: 1, published: 1, sent: 2) == .own)
        #expect(note(0, 1, from: 1, published: 1, sent: 2) == .own)
    }

    @Test("Own numbers that were not published, or entries that were not sent, raise the alarm")
    mutating func findsConflicts() {
        #expect(note(0, 2, from: 1, published: 1, sent: 1) == .conflict)
        #expect(note(0, 1, from: 1, published: 1, sent: 1) == .conflict)
    }

    @Test("Numbers up to the largest do not overflow")
    mutating func survivesLargeNumbers() {
        #expect(note(.max - 1, 1) == .deliver(missed: 0))
        #expect(note(.max, 1) == .duplicate)
        #expect(note(0, 1, from: 3) == .deliver(missed: 0))
        #expect(note(.max, 0, from: 3) == .deliver(missed: .max - 1))
    }

    @Test("Only so many servers are remembered: the one that was silent for the longest time is forgotten")
    mutating func forgetsTheSilent() {
        for number in 0..<UInt64(SenderTable.maximumSenders) {
            _ = note(0, 1, from: 10 + number, at: number)
        }
        _ = note(1, 1, from: 10, at: 10_000)
        _ = note(0, 1, from: 9, at: 10_001)
        #expect(note(5, 1, from: 10, at: 10_002) == .deliver(missed: 3), "still known")
        #expect(note(5, 1, from: 11, at: 10_003) == .deliver(missed: 0), "forgotten")
    }

    @Test("A server is alive for three heartbeats")
    mutating func countsTheLiving() {
        _ = note(0, 1, from: 2, at: 0)
        _ = note(0, 1, from: 3, at: 10_000_000_000)
        #expect(table.aliveCount(at: 10_000_000_000) == 2)
        #expect(table.aliveCount(at: 15_000_000_001) == 1)
        #expect(table.aliveCount(at: 26_000_000_000) == 0)
    }
}
