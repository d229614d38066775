import Glibc

/// A time in milliseconds since 1970.
typealias Moment = Int64

/// A clock that begins with the time of day, and does not jump when somebody sets that.
struct SteadyClock: Sendable {
    private let start = ContinuousClock.now
    private let timeOfStart = Moment(time(nil)) * 1000

    /// The time now.
    var now: Moment {
        let elapsed = start.duration(to: .now).components
        return timeOfStart &+ elapsed.seconds &* 1000 &+ elapsed.attoseconds / 1_000_000_000_000_000
    }
}

/// Returns the time that a client means by an expiry or a delay; `nil` for 0.
///
/// - Parameters:
///   - seconds: Up to 30 days, seconds from now; above, seconds since 1970.
///   - now: The time now.
func moment(_ seconds: UInt32, from now: Moment) -> Moment? {
    let thirtyDays: UInt32 = 30 * 24 * 3600
    return switch seconds {
    case 0: nil
    case ...thirtyDays: now &+ Moment(seconds) &* 1000
    default: Moment(seconds) &* 1000
    }
}
