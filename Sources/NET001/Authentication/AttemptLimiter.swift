internal import Synchronization

/// How often credentials may be wrong that come from one address.
///
/// Each address has a bucket of attempts that fills up again over time. The table has a limit: when it is full, the
/// address that has been waiting the longest is forgotten, which is the one nearest to a full bucket.
final class AttemptLimiter: Sendable {
    private static let maximumAddresses = 10_000

    private struct State {
        /// Until when each address has paid for attempts.
        var paidUntil: [String: ContinuousClock.Instant] = [:]
        /// The addresses, oldest first, each perhaps more than once.
        var order: [String] = []
        var head = 0
    }

    private let burst: Duration
    private let interval: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - burst: How many attempts may fail at once.
    ///   - interval: How long it takes until one more may.
    init(burst: Int, interval: Duration) {
        self.burst = interval * burst
        self.interval = interval
    }

    /// Takes an attempt out of the bucket of `address`; returns whether there was one.
    func take(_ address: String) -> Bool {
        let now = ContinuousClock.now
        return state.withLock { state in
            let start = max(state.paidUntil[address] ?? now, now)
            guard now.duration(to: start) + interval <= burst else { return false }
            if state.paidUntil.updateValue(start + interval, forKey: address) == nil { remember(address, &state) }
            return true
        }
    }

    /// Puts an attempt back: it was right.
    func giveBack(_ address: String) {
        state.withLock { state in
            if let paidUntil = state.paidUntil[address] { state.paidUntil[address] = paidUntil - interval }
        }
    }

    private func remember(_ address: String, _ state: inout State) {
        state.order.append(address)
        while state.paidUntil.count > Self.maximumAddresses, state.head < state.order.count {
            state.paidUntil[state.order[state.head]] = nil
            state.head += 1
        }
        guard state.head * 2 > state.order.count else { return }
        state.order.removeFirst(state.head)
        state.head = 0
    }
}
