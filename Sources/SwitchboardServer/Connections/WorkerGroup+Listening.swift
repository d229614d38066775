internal import Logging
internal import SwitchboardTransport

// A server listens on every address of its host, on one Unix-domain socket, or on a socket that it was given. Each event loop accepts
// connections. It serves those that it accepted, unless another loop has fewer.

extension WorkerGroup {
    /// The longest time that the look-up of the host may take.
    private static let lookUpTimeout = Duration.seconds(30)

    /// Listens on the addresses of the configuration, and accepts connections.
    ///
    /// - Parameter prepare: Called when the server listens, before it accepts connections.
    /// - Returns: At least one listener.
    func listen(_ prepare: @Sendable () async throws -> Void) async throws -> [Listener] {
        let listeners = try await makeListeners()
        do {
            try await prepare()
        } catch {
            for listener in listeners { listener.close() }
            throw error
        }
        for listener in listeners {
            let failure = await withCheckedContinuation { continuation in
                listener.start { continuation.resume(returning: $0) }
            }
            guard let failure else { continue }
            for listener in listeners { listener.close() }
            throw failure
        }
        return listeners
    }

    /// The longest time to wait for event loops to accept the clients that wait, and to close their descriptors of the listening sockets.
    ///
    /// Only an event loop that hangs takes longer.
    private static let closeTimeout = Duration.seconds(1)

    /// Accepts the clients that wait, stops listening, and returns when no more connections are accepted.
    func close(_ listeners: [Listener]) async {
        _ = await Self.end(listeners, within: Self.closeTimeout) { listener, report in
            listener.finish { _ = report() }
        }
        // Refuses the clients of an event loop that hangs.
        for listener in listeners { listener.close() }
    }

    private func makeListeners() async throws -> [Listener] {
        let configuration = core.configuration
        if let descriptor = configuration.listeningDescriptor {
            return [
                try Listener(
                    adopting: descriptor,
                    acceptors: workers.map(\.loop),
                    onAccept: { [self] in place($0, $1, acceptedBy: workers[$2]) },
                    onFailure: { [self] in report($0) },
                    onBackOff: { [self] in core.metrics.countAcceptFailure() }
                )
            ]
        }
        if let path = configuration.unixSocketPath {
            return [try makeListener(at: try SocketAddress(unixSocketPath: path))]
        }
        let addresses = try await SocketAddress.resolve(
            host: configuration.host,
            port: configuration.port,
            within: Self.lookUpTimeout
        )
        return try Listener.atAll(addresses) { address throws(TransportError) in
            try makeListener(at: address)
        } onMissing: { error in
            core.logger.warning("cannot listen on one address of the host", metadata: ["reason": "\(error)"])
        }
    }

    private func makeListener(at address: SocketAddress) throws(TransportError) -> Listener {
        try Listener(
            address: address,
            fileMode: core.configuration.unixSocketMode,
            backlog: core.configuration.backlog,
            acceptors: workers.map(\.loop),
            onAccept: { [self] in place($0, $1, acceptedBy: workers[$2]) },
            onFailure: { [self] in report($0) },
            onBackOff: { [self] in core.metrics.countAcceptFailure() }
        )
    }

    private func report(_ failure: TransportError) {
        core.logger.error("cannot accept connections", metadata: ["reason": "\(failure)"])
    }
}
