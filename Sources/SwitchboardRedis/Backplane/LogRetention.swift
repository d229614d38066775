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

    /// The most entries that the log may have.
    package var maximumEntries: Int {
        let count = bytes / (average ?? Self.overhead)
        return Int(min(max(count, Self.range.lowerBound), Self.range.upperBound))
    }
}
