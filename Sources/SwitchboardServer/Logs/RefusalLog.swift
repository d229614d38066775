internal import Synchronization

/// Counts the connections that are refused on all loops, and decides when to say so: at once, and once a second from then on.
final class RefusalLog: Sendable {
    private static let interval: UInt64 = 1_000_000_000

    private struct State {
        var count = 0
        var lineTime: UInt64?
    }

    private let state = Mutex(State())

    /// Counts a connection that was refused.
    ///
    /// - Parameter now: What the loop's clock says, in nanoseconds.
    /// - Returns: How many there were since a line was logged, this one included, if one is to be logged.
    func count(at now: UInt64) -> Int? {
        state.withLock { state in
            state.count += 1
            if let lineTime = state.lineTime, now < lineTime &+ Self.interval { return nil }
            defer { state = State(count: 0, lineTime: now) }
            return state.count
        }
    }
}
