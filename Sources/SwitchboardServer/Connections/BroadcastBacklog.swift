internal import Synchronization

/// How much an event loop is behind with what connections of other loops broadcast.
///
/// It is used on every loop.
final class BroadcastBacklog: Sendable {
    /// The most bytes that wait for a loop, which may be blocked by a handler.
    private static let maximumBytes = 64 * 1024 * 1024

    /// What is counted for a log that waits besides its frames.
    private static let overhead = 512

    private let waiting = Atomic(0)
    private let isBroken = Atomic(false)

    /// Whether nothing waits.
    var isEmpty: Bool { waiting.load(ordering: .relaxed) == 0 }

    /// Whether a log of `byteCount` bytes may wait, too; it is to be given back then.
    func take(_ byteCount: Int) -> Bool {
        let size = byteCount + Self.overhead
        let before = waiting.wrappingAdd(size, ordering: .relaxed).oldValue
        if before <= Self.maximumBytes - size { return true }
        waiting.wrappingSubtract(size, ordering: .relaxed)
        return false
    }

    /// Counts a log no longer that was taken.
    func giveBack(_ byteCount: Int) {
        waiting.wrappingSubtract(byteCount + Self.overhead, ordering: .relaxed)
    }

    /// Notes that the loop misses something; returns whether that is news.
    func breakOff() -> Bool { !isBroken.exchange(true, ordering: .relaxed) }

    /// Begins anew, with those who come from now on.
    func mend() { isBroken.store(false, ordering: .relaxed) }
}
