/// The position of an entry in the log, as the engine numbers entries: a later entry has a greater position.
package struct LogPosition: Sendable, Hashable, Comparable {
    /// The more significant half.
    package let high: UInt64
    /// The less significant half.
    package let low: UInt64

    /// A position.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The position before all entries.
    package static let start = LogPosition(high: 0, low: 0)

    package static func < (left: LogPosition, right: LogPosition) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
