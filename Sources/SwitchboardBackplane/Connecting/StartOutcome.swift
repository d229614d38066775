internal import Synchronization

/// Whether the start of a backplane has succeeded: one task awaits the outcome, the first call of ``finish(_:)`` determines it.
package final class StartOutcome: Sendable {
    private enum State {
        case pending(CheckedContinuation<Void, any Error>?)
        case finished(Result<Void, any Error>)
    }

    private let state = Mutex(State.pending(nil))

    /// An outcome that is not determined yet.
    package init() {}

    /// Waits for the outcome.
    ///
    /// Only one task may call this method, once.
    ///
    /// - Throws: The error with which the start has finished; `CancellationError` when the task is cancelled, before or during the
    ///   wait.
    package func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    if case .finished(let result) = state { return result }
                    state = .pending(continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            finish(.failure(CancellationError()))
        }
    }

    /// Determines the outcome, unless it is determined already.
    package func finish(_ result: Result<Void, any Error>) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard case .pending(let continuation) = state else { return nil }
            state = .finished(result)
            return continuation
        }
        continuation?.resume(with: result)
    }
}
