internal import SwitchboardTransport
internal import Synchronization

/// Finds a host's addresses and connects to the first of them that answers.
struct Dialer {
    let loop: EventLoop
    let timeout: Duration

    /// Connects.
    ///
    /// - Returns: The connected socket, and the address that it is connected to.
    func dial(_ server: ServerLocation) async throws -> ConnectionRace.Winner {
        let deadline = ContinuousClock.now + timeout
        let addresses = try await addresses(of: server)
        let left = max(ContinuousClock.now.duration(to: deadline), .zero)
        return try await connect(to: addresses, within: left)
    }

    private func addresses(of server: ServerLocation) async throws -> [SocketAddress] {
        switch server {
        case .host(let host, let port): try await SocketAddress.resolve(host: host, port: port, within: timeout)
        case .unixSocket(let path): [try SocketAddress(unixSocketPath: path)]
        }
    }

    private func connect(
        to addresses: [SocketAddress],
        within time: Duration
    ) async throws -> ConnectionRace.Winner {
        let race = Mutex<ConnectionRace?>(nil)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let begun = Connector.connect(to: addresses, on: loop, timeout: time) { result in
                    continuation.resume(with: result)
                }
                race.withLock { $0 = begun }
                if Task.isCancelled { begun.cancel() }
            }
        } onCancel: {
            race.withLock { $0 }?.cancel()
        }
    }
}
