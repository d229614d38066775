import Glibc

/// A time in milliseconds since 1970.
public typealias Moment = Int64

/// A clock that starts at the time of the system, and does not jump when that time is set.
public struct SteadyClock: Sendable {
    private let start = ContinuousClock.now
    private let timeOfStart = Moment(time(nil)) * 1000

    /// A clock that begins now.
    public init() {}

    /// The time now.
    public var now: Moment {
        let elapsed = start.duration(to: .now).components
        return timeOfStart &+ elapsed.seconds &* 1000 &+ elapsed.attoseconds / 1_000_000_000_000_000
    }
}
