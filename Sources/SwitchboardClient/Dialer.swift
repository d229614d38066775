internal import Dispatch
internal import SwitchboardTransport
internal import Synchronization

/// Finds a host's addresses and connects to the first of them that answers.
struct Dialer {
    let loop: EventLoop
    let timeout: Duration

    /// Connects.
    ///
    /// - Returns: The connected socket, and the address that it is connected to.
    func dial(_ server: ServerLocation) async throws -> (descriptor: Int32, address: SocketAddress) {
        let deadline = ContinuousClock.now + timeout
        let addresses = try await addresses(of: server)
        var failure: any Error = TransportError(
            addresses.isEmpty ? .cannotResolve : .timedOut,
            description: addresses.isEmpty
                ? "\(server.name) has no address" : "the address of \(server.name) was not found within \(timeout)"
        )
        for address in addresses {
            try Task.checkCancellation()
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { break }
            do {
                return (try await connect(to: address, within: left), address)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private func addresses(of server: ServerLocation) async throws -> [SocketAddress] {
        switch server {
        case .host(let host, let port): try await resolve(host, port)
        case .unixSocket(let path): [try SocketAddress(unixSocketPath: path)]
        }
    }

    /// Asks for a name on a thread that may be blocked, as the system's resolver does that.
    ///
    /// There may be no such thread for a while, which an address need not wait for.
    private func resolve(_ host: String, _ port: Int) async throws -> [SocketAddress] {
        if SocketAddress.isNumeric(host) { return try SocketAddress.resolve(host: host, port: port) }
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                do throws(TransportError) {
                    continuation.resume(returning: try SocketAddress.resolve(host: host, port: port))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    private func connect(to address: SocketAddress, within time: Duration) async throws -> Int32 {
        let attempt = Mutex<ConnectionAttempt?>(nil)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let begun = Connector.connect(to: address, on: loop, timeout: time) { result in
                    continuation.resume(with: result)
                }
                attempt.withLock { $0 = begun }
                if Task.isCancelled { begun.cancel() }
            }
        } onCancel: {
            attempt.withLock { $0 }?.cancel()
        }
    }
}
