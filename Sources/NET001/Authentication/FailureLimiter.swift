internal import DequeModule
internal import SwitchboardRouter
internal import Synchronization

/// How often credentials may be wrong that come from one network.
///
/// Each has a bucket of failures that fills up again over time. The table has a limit: when it is full, the network that
/// has been in it for the longest is forgotten.
final class FailureLimiter: Sendable {
    private static let maximumNetworks = 10_000

    private struct State {
        /// Until when each network has paid for failures.
        var paidUntil: [SocketAddress.Network?: ContinuousClock.Instant] = [:]
        /// The networks, oldest first.
        var order: Deque<SocketAddress.Network?> = []
    }

    private let burst: Duration
    private let interval: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - burst: How many may fail at once.
    ///   - interval: How long it takes until one more may.
    init(burst: Int, interval: Duration) {
        self.burst = interval * burst
        self.interval = interval
    }

    /// Whether one more may fail that comes from `network`.
    func mayFail(_ network: SocketAddress.Network?) -> Bool {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard let paidUntil = state.paidUntil[network], paidUntil > now else { return true }
            return now.duration(to: paidUntil) + interval <= burst
        }
    }

    /// Counts one that has failed.
    ///
    /// Of those that are checked at the same moment more may fail than there was room for; they are bounded elsewhere.
    func countFailure(_ network: SocketAddress.Network?) {
        let now = ContinuousClock.now
        state.withLock { state in
            let start = max(state.paidUntil[network] ?? now, now)
            if state.paidUntil.updateValue(start + interval, forKey: network) == nil { remember(network, &state) }
        }
    }

    private func remember(_ network: SocketAddress.Network?, _ state: inout State) {
        state.order.append(network)
        while state.paidUntil.count > Self.maximumNetworks, let oldest = state.order.popFirst() {
            state.paidUntil[oldest] = nil
        }
    }
}
