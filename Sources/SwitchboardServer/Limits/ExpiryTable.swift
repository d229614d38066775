/// The time at which each connection of a worker expires.
///
/// Every read burst moves a time, and few connections expire. Therefore a time is four bytes in an array, which is
/// searched twice a second. The search takes microseconds for thousands of connections.
struct ExpiryTable {
    /// A time since the table was created; the largest number stands for never.
    typealias Time = CoarseTime.Units

    private static let never = Time.max

    private let origin: UInt64
    private var times: [Time] = []

    /// - Parameter now: The monotonic clock, in nanoseconds.
    init(now: UInt64) {
        origin = now
    }

    /// Allocates memory for `count` connections.
    mutating func reserve(_ count: Int) {
        times.reserveCapacity(count)
    }

    /// A duration in units of the table, rounded up so that no connection expires early; `nil` for zero.
    static func units(_ duration: Duration) -> Time? {
        guard duration > .zero else { return nil }
        let units = (duration / CoarseTime.unit).rounded(.up) + 1
        return Time(exactly: min(units, Double(never / 2)))
    }

    /// Adds a connection at the end, which never expires.
    mutating func append() {
        times.append(Self.never)
    }

    /// Removes the connection at `position`; the last one takes its place.
    mutating func swapRemove(at position: Int) {
        times.swapAt(position, times.count - 1)
        times.removeLast()
    }

    /// Sets the time of the connection at `position` to `units` after `now`; `nil` means never.
    @inline(__always)
    mutating func set(_ position: Int, to units: Time?, after now: UInt64) {
        guard position < times.count else { return }
        times[position] = units.map { time(now) &+ $0 } ?? Self.never
    }

    /// Returns the position of the first expired connection from `position` on; `nil` if none has expired.
    ///
    /// The connection does not expire again.
    mutating func takeExpired(from position: Int, at now: UInt64) -> Int? {
        guard position < times.count else { return nil }
        let now = time(now)
        guard let expired = times[position...].firstIndex(where: { $0 <= now }) else { return nil }
        times[expired] = Self.never
        return expired
    }

    private func time(_ now: UInt64) -> Time {
        CoarseTime.units(now &- origin)
    }
}

/// Times in four bytes, because a server keeps several for each connection.
enum CoarseTime {
    /// A number of ``unit``s; it starts again at 0 after 9 years.
    typealias Units = UInt32

    private static let unitBits: UInt64 = 26

    /// 2²⁶ ns, which is 67 ms.
    static let unit = Duration.nanoseconds(Int64(1) << Int64(unitBits))

    /// The number of whole units in a number of nanoseconds.
    @inline(__always)
    static func units(_ nanoseconds: UInt64) -> Units {
        Units(truncatingIfNeeded: nanoseconds >> unitBits)
    }

    /// The duration of a number of units.
    ///
    /// Without the generic operator `*` of `Duration`, which is not specialized here and slow.
    static func duration(_ units: Units) -> Duration {
        let (seconds, nanoseconds) = (UInt64(units) << unitBits).quotientAndRemainder(dividingBy: 1_000_000_000)
        return Duration(secondsComponent: Int64(seconds), attosecondsComponent: Int64(nanoseconds) * 1_000_000_000)
    }
}
