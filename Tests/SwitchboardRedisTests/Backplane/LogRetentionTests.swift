import SwitchboardRedis
import Testing

@Suite("The retention of the log")
struct LogRetentionTests {
    /// A log of entries with these sizes at consecutive positions.
    private struct Log {
        var retention: LogRetention
        var sizes: [Int] = []

        mutating func append(_ size: Int, count: Int = 1) {
            for _ in 0..<count {
                retention.note(entryBytes: size, at: StreamID(milliseconds: 1000, sequence: UInt64(sizes.count)))
                sizes.append(size)
            }
        }

        /// The bytes of the entries that are left when the log is trimmed now.
        var keptBytes: Int {
            sizes.dropFirst(Int(retention.firstNeeded?.sequence ?? 0)).reduce(0, +)
        }
    }

    @Test(
        "Whatever the sizes of entries are, the log keeps at least the retention, and at most a small factor of it",
        arguments: [
            [100], [65_536], [100, 65_536], [65_536, 100], [1 << 20, 64, 64, 64], [64, 4 << 20, 64, 64, 64],
        ]
    )
    func keepsBytes(pattern: [Int]) {
        let bytes = 8 << 20
        var log = Log(retention: LogRetention(bytes: bytes))
        var total = 0
        while total < 40 << 20 {
            for size in pattern {
                // A phase of many entries of each size.
                let count = max(1, (1 << 20) / size)
                log.append(size, count: count)
                total += size * count
                if total >= bytes { #expect(log.keptBytes >= bytes) }
            }
        }
        let largest = pattern.max() ?? 0
        #expect(log.retention.firstNeeded != nil)
        #expect(log.keptBytes <= bytes + bytes / 8 + 9 * largest)
    }

    @Test("A single large entry removes nothing of what the retention covers")
    func survivesLargeEntries() {
        var log = Log(retention: LogRetention(bytes: 128 << 20))
        log.append(1000, count: 50_000)
        log.append(16 << 20)
        #expect(log.retention.firstNeeded == nil)
        log.append(1000, count: 200_000)
        #expect(log.keptBytes >= 128 << 20)
        #expect(log.keptBytes <= 176 << 20)
    }

    @Test("Entries that are read again count once, and another log has positions of its own")
    func startsAnew() {
        var log = Log(retention: LogRetention(bytes: 8000))
        log.append(1000, count: 20)
        let first = log.retention.firstNeeded
        #expect(first != nil)
        for number in 10..<20 {
            log.retention.note(entryBytes: 1000, at: StreamID(milliseconds: 1000, sequence: UInt64(number)))
        }
        #expect(log.retention.firstNeeded == first)
        log.retention.reset()
        #expect(log.retention.firstNeeded == nil)
        for number in 1...9 {
            log.retention.note(entryBytes: 1000, at: StreamID(milliseconds: 1, sequence: UInt64(number)))
        }
        #expect(log.retention.firstNeeded == StreamID(milliseconds: 1, sequence: 1))
    }

    @Test("Before a server has read so much, the log keeps as many entries as the smallest would need")
    func keepsEntries() {
        #expect(LogRetention(bytes: 1 << 20).maximumEntries == 16_385)
        var extreme = LogRetention(bytes: .max)
        extreme.note(entryBytes: .max, at: .zero)
        #expect(extreme.firstNeeded == nil)
        #expect(extreme.unreadLimit(servers: 0) > 0)
        #expect(LogRetention(bytes: .min).maximumEntries == 1)
    }

    @Test("A log that is more than twice too large keeps twice the retention")
    func shortensLogs() {
        let retention = LogRetention(bytes: 1 << 20)
        #expect(retention.entryLimit(ofLog: 2 << 20, entries: 100) == nil)
        #expect(retention.entryLimit(ofLog: 8 << 20, entries: 100) == 25)
        #expect(retention.entryLimit(ofLog: .max, entries: .max) != nil)
        #expect(retention.entryLimit(ofLog: -1, entries: -1) == nil)
    }
}
