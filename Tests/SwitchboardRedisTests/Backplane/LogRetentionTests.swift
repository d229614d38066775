import SwitchboardRedis
import Testing

@Suite("The retention of the log")
struct LogRetentionTests {
    @Test("The number of entries follows from their size")
    func followsSizes() {
        var retention = LogRetention(bytes: 128 << 20)
        for _ in 0..<200 { retention.note(entryBytes: 64 * 1024) }
        #expect((2000...2100).contains(retention.maximumEntries))
        for _ in 0..<200 { retention.note(entryBytes: 64) }
        #expect((1_000_000...1_050_000).contains(retention.maximumEntries))
    }

    @Test("A flood of large entries is noticed within some dozens of them")
    func reactsSoon() {
        var retention = LogRetention(bytes: 128 << 20)
        for _ in 0..<1000 { retention.note(entryBytes: 60) }
        for _ in 0..<64 { retention.note(entryBytes: 64 * 1024) }
        #expect(retention.maximumEntries < 2300)
    }

    @Test("The number stays within its limits whatever the entries are")
    func keepsLimits() {
        var retention = LogRetention(bytes: 1 << 20)
        #expect(retention.maximumEntries == 16_384)
        retention.note(entryBytes: 100_000_000)
        #expect(retention.maximumEntries == 16)
        var empty = LogRetention(bytes: .max)
        empty.note(entryBytes: 0)
        #expect(empty.maximumEntries == 10_000_000)
    }
}
