internal import Synchronization

/// Counts the connections that are open, up to a limit.
final class ConnectionSlots: Sendable {
    private struct State {
        var taken = 0
        var whenFree: AsyncStream<Never>.Continuation?
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// How many are taken.
    var taken: Int { state.withLock { $0.taken } }

    /// Takes a slot, if one is left.
    func take() -> Bool {
        state.withLock { state in
            guard state.taken < limit else { return false }
            state.taken += 1
            return true
        }
    }

    /// Gives a slot back.
    func giveBack() {
        let whenFree = state.withLock { state in
            state.taken -= 1
            return state.taken == 0 ? state.whenFree.take() : nil
        }
        whenFree?.finish()
    }

    /// Returns when no slot is taken, after `timeout`, or on cancellation.
    func waitUntilFree(for timeout: Duration) async {
        let (free, whenFree) = AsyncStream.makeStream(of: Never.self)
        let isFree = state.withLock { state in
            state.whenFree = whenFree
            return state.taken == 0
        }
        if isFree { return }
        await withTaskGroup { group in
            group.addTask { for await _ in free {} }
            group.addTask { try? await Task.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
    }
}
