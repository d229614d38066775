internal import DequeModule
package import SwitchboardRouter
internal import Synchronization

/// Limits the wrong credentials from one network.
///
/// Each network has a token bucket of failures, which refills over time. The table has a maximum size: when it is full,
/// the oldest entry is removed.
package final class FailureLimiter: Sendable {
    private static let maximumNetworks = 10_000

    private struct State {
        /// The time until which each network has paid for failures.
        var paidUntil: [SocketAddress.Network?: ContinuousClock.Instant] = [:]
        /// The networks, oldest first.
        var order: Deque<SocketAddress.Network?> = []
    }

    private let burst: Duration
    private let interval: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - burst: The number of failures that are allowed at once.
    ///   - interval: The time after which one more failure is allowed.
    package init(burst: Int, interval: Duration) {
        self.burst = interval * burst
        self.interval = interval
    }

    /// Returns whether one more failure from `network` is allowed.
    package func mayFail(_ network: SocketAddress.Network?) -> Bool {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard let paidUntil = state.paidUntil[network], paidUntil > now else { return true }
            return now.duration(to: paidUntil) + interval <= burst
        }
    }

    /// Counts a failure.
    ///
    /// Checks that run at the same moment may exceed the limit together; the number of such checks is limited
    /// elsewhere.
    package func countFailure(_ network: SocketAddress.Network?) {
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
