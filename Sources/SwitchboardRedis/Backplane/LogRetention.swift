/// How many entries the log may have, so that it has about so many bytes.
///
/// Redis limits a stream by the number of its entries: the limit follows the average size of the last entries that were read or
/// written. When small entries follow large ones, the log may have twice the bytes for a while.
package struct LogRetention {
    /// What Redis needs for an entry besides its bytes, in bytes.
    private static let overhead = 64.0

    /// The weight of an entry in the average.
    private static let weight = 1.0 / 16

    /// What the number of entries is kept between.
    private static let range = 16.0...10_000_000.0

    /// The least ``unreadLimit(servers:)``, in bytes: several entries, so that a server can append while others read.
    private static let minimumUnreadLimit = 256.0 * 1024

    /// The size of the entries that are read at once, in bytes.
    private static let replyBytes = 4.0 * 1024 * 1024

    private let bytes: Double
    private var average: Double?

    package init(bytes: Int) {
        self.bytes = Double(bytes)
    }

    /// Takes note of an entry of this size.
    package mutating func note(entryBytes: Int) {
        let size = Double(entryBytes) + Self.overhead
        average = average.map { $0 + (size - $0) * Self.weight } ?? size
    }

    /// The size of own entries above which a server sends no block before every server has read some of them, in bytes.
    ///
    /// When `servers` servers publish at the same rate, each is at most a quarter of the log behind its end.
    package func unreadLimit(servers: Int) -> Int {
        Int(max(min(bytes, 1e15) / 4 / Double(max(servers, 1)), Self.minimumUnreadLimit))
    }

    /// The most entries to ask for at once: at least 1, so that a reply is not much larger than 4 MiB.
    package var entriesPerReply: Int { Int(max(1, Self.replyBytes / (average ?? Self.overhead))) }

    /// The most entries that the log may have.
    package var maximumEntries: Int {
        let count = bytes / (average ?? Self.overhead)
        return Int(min(max(count, Self.range.lowerBound), Self.range.upperBound))
    }
}
