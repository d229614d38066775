internal import Synchronization

/// Tells those who wait that something may have happened.
final class WakeSignal: Sendable {
    private struct State {
        var count: UInt64 = 0
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let state = Mutex(State())

    /// How often it was given.
    var count: UInt64 { state.withLock { $0.count } }

    /// Wakes all that wait.
    func signal() {
        let waiting = state.withLock { state in
            state.count += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Waits until it has been given more often than `count`; returns whether it was, within `patience`.
    func wait(after count: UInt64, atMost patience: Duration) async -> Bool {
        let (signals, continuation) = AsyncStream.makeStream(of: Never.self)
        let isOld = state.withLock { state in
            if state.count == count { state.waiting.append(continuation) }
            return state.count != count
        }
        if isOld { return true }
        return await withTaskGroup { group in
            group.addTask {
                for await _ in signals {}
                return !Task.isCancelled
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
