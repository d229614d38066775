internal import SwitchboardTransport
internal import Synchronization

/// The addresses that the server listens on, for tasks that wait for them.
final class Listening: Sendable {
    private typealias Waiting = CheckedContinuation<[SocketAddress], any Error>

    private enum State {
        /// The tasks that wait, by number.
        case notYet([UInt64: Waiting])
        case at([SocketAddress])
        case ended(any Error)
    }

    private let state = Mutex(State.notYet([:]))
    private let lastNumber = Atomic<UInt64>(0)

    /// The addresses, at least one; waits until the server listens.
    ///
    /// - Throws: The error that kept the server from listening; a `CancellationError` when the task is cancelled.
    var addresses: [SocketAddress] {
        get async throws {
            let number = lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    wait(continuation, number)
                    // A cancellation before the continuation was added would be lost.
                    if Task.isCancelled { giveUp(number) }
                }
            } onCancel: {
                giveUp(number)
            }
        }
    }

    private func wait(_ continuation: Waiting, _ number: UInt64) {
        let known: Result<[SocketAddress], any Error>? = state.withLock { state in
            switch state {
            case .notYet(var waiting):
                waiting[number] = continuation
                state = .notYet(waiting)
                return nil
            case .at(let addresses): return .success(addresses)
            case .ended(let error): return .failure(error)
            }
        }
        if let known { continuation.resume(with: known) }
    }

    private func giveUp(_ number: UInt64) {
        let continuation = state.withLock { state -> Waiting? in
            guard case .notYet(var waiting) = state else { return nil }
            defer { state = .notYet(waiting) }
            return waiting.removeValue(forKey: number)
        }
        continuation?.resume(throwing: CancellationError())
    }

    func begin(at addresses: [SocketAddress]) {
        answer(.success(addresses), then: .at(addresses))
    }

    func end(with error: any Error) {
        answer(.failure(error), then: .ended(error))
    }

    private func answer(_ result: Result<[SocketAddress], any Error>, then next: State) {
        let before = state.withLock { state in
            defer { state = next }
            return state
        }
        guard case .notYet(let waiting) = before else { return }
        for continuation in waiting.values { continuation.resume(with: result) }
    }
}
