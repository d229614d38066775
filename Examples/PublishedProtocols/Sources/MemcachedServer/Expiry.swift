import Serving

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
