/// When each of a worker's connections is to be looked at because nothing has come in time.
///
/// A time is moved with every burst of input, and passes for hardly any connection: so it is four bytes in an array, which
/// is searched twice a second. That takes microseconds for thousands of connections.
struct ExpiryTable {
    /// A time, in units of 2²⁶ ns (67 ms) since the table was made; the largest number is never.
    typealias Time = UInt32

    private static let unitBits: UInt64 = 26
    private static let never = Time.max

    private let origin: UInt64
    private var times: [Time] = []

    /// - Parameter now: The monotonic clock, in nanoseconds.
    init(now: UInt64) {
        origin = now
    }

    /// Makes room for `count` connections ahead.
    mutating func reserve(_ count: Int) {
        times.reserveCapacity(count)
    }

    /// A duration in the table's units, rounded up so that nobody is early; `nil` for none.
    static func units(_ duration: Duration) -> Time? {
        guard duration > .zero else { return nil }
        let units = (duration / .nanoseconds(Int64(1) << Int64(unitBits))).rounded(.up) + 1
        return Time(exactly: min(units, Double(never / 2)))
    }

    /// Adds a connection, behind all others.
    mutating func append() {
        times.append(Self.never)
    }

    /// Removes the connection at `position`; the last one takes its place.
    mutating func swapRemove(at position: Int) {
        times.swapAt(position, times.count - 1)
        times.removeLast()
    }

    /// Lets the connection at `position` be looked at `units` after `now`; without units, never.
    @inline(__always)
    mutating func set(_ position: Int, to units: Time?, after now: UInt64) {
        guard position < times.count else { return }
        times[position] = units.map { time(now) &+ $0 } ?? Self.never
    }

    /// Takes the next connection, from `position` on, whose time has come.
    mutating func takeExpired(from position: Int, at now: UInt64) -> Int? {
        guard position < times.count else { return nil }
        let now = time(now)
        guard let expired = times[position...].firstIndex(where: { $0 <= now }) else { return nil }
        times[expired] = Self.never
        return expired
    }

    private func time(_ now: UInt64) -> Time {
        Time(truncatingIfNeeded: (now &- origin) >> Self.unitBits)
    }
}
