internal import SwitchboardTLS
internal import SwitchboardTransport

/// Connects to one server, as often as it is asked.
struct ServerConnector {
    private let addresses: [SocketAddress]
    private let host: String
    private let tls: TLSConnector?
    private let loop: EventLoop

    /// Looks up the server, and reads the certificates.
    ///
    /// - Parameters:
    ///   - tls: The settings of TLS; `nil` without TLS.
    ///   - timeout: The time to look up the host.
    init(_ server: ServerAddress, _ tls: ClientTLSConfiguration?, within timeout: Duration) async throws {
        self.tls = try tls.map { configuration throws(TLSError) in try TLSConnector(configuration) }
        host = server.host
        loop = try EventLoop(label: "switchboard.call")
        addresses = try await SocketAddress.resolve(host: host, port: server.port, within: timeout)
    }

    /// Connects; with TLS, returns when the server's certificate is verified.
    ///
    /// - Parameters:
    ///   - lingers: Whether the connection, when it closes, gives the server time to end its side.
    ///   - timeout: The time to connect.
    func connect(lingers: Bool, within timeout: Duration) async throws -> RawConnection {
        let start = ContinuousClock.now
        let (descriptor, address) = try await withCheckedThrowingContinuation { continuation in
            Connector.connect(to: addresses, on: loop, timeout: timeout) { continuation.resume(with: $0) }
        }
        let left = max(timeout - start.duration(to: .now), .milliseconds(1))
        let limits = RawConnection.limits(lingers: lingers)
        let socketLimits = tls == nil ? limits : TLSConnector.socketLimits(limits)
        let socket = SocketStream(adopting: descriptor, on: loop, remoteAddress: address, limits: socketLimits)
        guard let tls else { return RawConnection.start(over: socket) }
        return try await RawConnection.start(over: socket, tls, limits, to: host, within: left)
    }
}
