internal import SwitchboardTransport
internal import Synchronization

/// Tells those who ask, now or later, where the server listens.
final class Listening: Sendable {
    private enum State {
        case notYet([CheckedContinuation<SocketAddress, any Error>])
        case at(SocketAddress)
        case ended(any Error)
    }

    private let state = Mutex(State.notYet([]))

    var address: SocketAddress {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let known: Result<SocketAddress, any Error>? = state.withLock { state in
                    switch state {
                    case .notYet(let waiting):
                        state = .notYet(waiting + [continuation])
                        return nil
                    case .at(let address): return .success(address)
                    case .ended(let error): return .failure(error)
                    }
                }
                if let known { continuation.resume(with: known) }
            }
        }
    }

    func begin(at address: SocketAddress) {
        answer(.success(address), then: .at(address))
    }

    func end(with error: any Error) {
        answer(.failure(error), then: .ended(error))
    }

    private func answer(_ result: Result<SocketAddress, any Error>, then next: State) {
        let before = state.withLock { state in
            defer { state = next }
            return state
        }
        guard case .notYet(let waiting) = before else { return }
        for continuation in waiting { continuation.resume(with: result) }
    }
}
