internal import Glibc
internal import Logging
internal import SwitchboardTransport

// Where a server listens: at every address of its host, or at one Unix-domain socket.

extension WorkerGroup {
    /// The largest number of addresses that a server listens on: a host name has few.
    private static let maximumAddresses = 16

    /// How often another port is tried when the system's choice for one address is in use at another.
    private static let maximumPortChoices = 16

    /// The longest time that the look-up of the host may take.
    private static let lookUpTimeout = Duration.seconds(30)

    /// Listens where the configuration says, and accepts connections there.
    ///
    /// - Returns: At least one listener.
    func listen() async throws -> [Listener] {
        let listeners = try await makeListeners()
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

    private func makeListeners() async throws -> [Listener] {
        let configuration = core.configuration
        if let descriptor = configuration.listeningDescriptor {
            return [
                try Listener(
                    adopting: descriptor,
                    acceptor: acceptor,
                    onAccept: { [self] in place($0, $1) },
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
        var seen: Set<SocketAddress> = []
        let distinct = addresses.filter { seen.insert($0).inserted }
        guard distinct.count <= Self.maximumAddresses else {
            throw TransportError(
                .cannotListen,
                description: """
                    cannot listen on \(configuration.host): it has \(distinct.count) addresses, and a server listens on \
                    \(Self.maximumAddresses) at most
                    """
            )
        }
        return try makeListeners(at: distinct)
    }

    /// One listener for each address, all with the same port.
    private func makeListeners(at addresses: [SocketAddress]) throws(TransportError) -> [Listener] {
        for _ in 1..<Self.maximumPortChoices {
            do throws(TransportError) {
                return try tryListeners(at: addresses)
            } catch  where core.configuration.port == 0 && addresses.count > 1 && error.errno == EADDRINUSE {
                // The port that was free at one address is not at another.
                continue
            }
        }
        return try tryListeners(at: addresses)
    }

    private func tryListeners(at addresses: [SocketAddress]) throws(TransportError) -> [Listener] {
        var listeners: [Listener] = []
        var missing: [TransportError] = []
        for address in addresses {
            do throws(TransportError) {
                let port = listeners.first?.address.port ?? address.port
                listeners.append(try makeListener(at: address.with(port: port)))
            } catch  where addresses.count > 1 && (error.errno == EADDRNOTAVAIL || error.errno == EAFNOSUPPORT) {
                // A name may have an address of a family that this machine does not have.
                missing.append(error)
            } catch {
                for listener in listeners { listener.close() }
                throw error
            }
        }
        if listeners.isEmpty, let first = missing.first { throw first }
        for error in missing {
            core.logger.warning("an address of the host is not served", metadata: ["reason": "\(error)"])
        }
        return listeners
    }

    private func makeListener(at address: SocketAddress) throws(TransportError) -> Listener {
        try Listener(
            address: address,
            fileMode: core.configuration.unixSocketMode,
            backlog: core.configuration.backlog,
            acceptor: acceptor,
            onAccept: { [self] in place($0, $1) },
            onFailure: { [self] in report($0) },
            onBackOff: { [self] in core.metrics.countAcceptFailure() }
        )
    }

    private func report(_ failure: TransportError) {
        core.logger.error("cannot accept connections", metadata: ["reason": "\(failure)"])
    }
}
