package import SwitchboardBackplane

/// The ID of an entry in a Redis stream: a time in milliseconds, and a number within it.
package struct StreamID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The time by the clock of Redis, in milliseconds since 1970.
    package var milliseconds: UInt64
    /// The number among the entries of that millisecond.
    package var sequence: UInt64

    /// The ID before all entries.
    package static let zero = StreamID(milliseconds: 0, sequence: 0)

    /// An ID.
    package init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// The ID with the text of Redis, such as `1700000000000-0`; `nil` for other texts.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) }),
            let milliseconds = UInt64(Substring(parts[0])), let sequence = UInt64(Substring(parts[1]))
        else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    /// The position in the log, in the form that all engines share.
    package var position: LogPosition { LogPosition(high: milliseconds, low: sequence) }

    /// The first ID of an earlier time, which is at least 0.
    package func earlier(byMilliseconds duration: UInt64) -> StreamID {
        StreamID(milliseconds: milliseconds - min(duration, milliseconds), sequence: 0)
    }

    /// The text of Redis.
    package var description: String { "\(milliseconds)-\(sequence)" }

    /// Whether `left` comes first.
    package static func < (left: StreamID, right: StreamID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}
