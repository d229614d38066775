import SwitchboardTransport

/// Where metrics are served: a host and a port.
struct AdminAddress: Sendable {
    let host: String
    let port: Int

    /// The longest time that the look-up of the host may take.
    private static let lookUpTimeout = Duration.seconds(30)

    /// All addresses to listen on: `::` stands for those of both families.
    ///
    /// - Throws: A `TransportError` when the host has no address; a `CancellationError` when the task is cancelled.
    var resolvedForListening: [SocketAddress] {
        get async throws { try await resolve(host, within: Self.lookUpTimeout) }
    }

    /// All addresses at which this machine reaches it.
    ///
    /// An address that stands for all addresses of the machine is replaced by the loopback address.
    ///
    /// - Throws: A `TransportError` when the host has no address, or none was found in time; a `CancellationError` when
    ///   the task is cancelled.
    func resolvedForConnecting(within timeout: Duration) async throws -> [SocketAddress] {
        try await resolve(host, within: timeout).flatMap { address in
            guard address.isUnspecified else { return [address] }
            let loopbacks = address.isIPv6 ? ["::1", "127.0.0.1"] : ["127.0.0.1"]
            return try loopbacks.map { try SocketAddress($0, port: port) }
        }
    }

    private func resolve(_ host: String, within timeout: Duration) async throws -> [SocketAddress] {
        try await SocketAddress.resolve(host: host, port: port, within: timeout)
    }
}
