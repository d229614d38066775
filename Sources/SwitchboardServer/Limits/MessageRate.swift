/// How many messages a second are let through: a token bucket that holds one second's worth.
///
/// The bucket is kept as one number, the time until which its user has paid for messages: each message costs its share
/// of a second, and nobody may pay for more than a second ahead.
struct MessageRate {
    /// The highest rate there is, in messages a second.
    static let maximum = 1_000_000_000

    private static let second: UInt64 = 1_000_000_000

    /// What a message costs, in nanoseconds; 0 when all are let through.
    private let cost: UInt64

    /// - Parameter perSecond: Messages a second, at most ``maximum``; 0 or less for no limit.
    init(perSecond: Int) {
        cost = perSecond > 0 ? max(Self.second / UInt64(perSecond), 1) : 0
    }

    var isLimited: Bool { cost > 0 }

    /// Takes a message out of the bucket at the time `now`; returns whether there was one.
    @inline(__always)
    func take(from paidUntil: inout UInt64, at now: UInt64) -> Bool {
        guard isLimited else { return true }
        let start = max(paidUntil, now)
        guard start &- now &+ cost <= Self.second else { return false }
        paidUntil = start &+ cost
        return true
    }

    /// Takes up to `count` messages out of the bucket at the time `now`.
    ///
    /// - Returns: How many there were.
    func take(upTo count: Int, from paidUntil: inout UInt64, at now: UInt64) -> Int {
        guard isLimited else { return count }
        let start = max(paidUntil, now)
        let ahead = start &- now
        guard ahead < Self.second else { return 0 }
        let taken = min(UInt64(count), (Self.second &- ahead) / cost)
        paidUntil = start &+ taken &* cost
        return Int(taken)
    }
}
