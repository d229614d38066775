package import SwitchboardTLS
internal import SwitchboardTransport

/// Connects to one server, as often as it is asked.
package struct ServerConnector {
    /// The name that the certificate of a server at a Unix-domain socket must have.
    private static let localName = "localhost"

    private var addresses: [SocketAddress]
    private let host: String
    private let tls: TLSConnector?
    private let loop: EventLoop

    /// Looks up the server at a TCP port, and reads the certificates.
    ///
    /// - Parameters:
    ///   - tls: The settings of TLS; `nil` without TLS.
    ///   - timeout: The time to look up the host.
    package init(host: String, port: Int, _ tls: ClientTLSConfiguration?, within timeout: Duration) async throws {
        try self.init([], host, tls)
        addresses = try await SocketAddress.resolve(host: host, port: port, within: timeout)
    }

    /// Reads the certificates for the server at a Unix-domain socket.
    ///
    /// - Parameter tls: The settings of TLS; `nil` without TLS.
    package init(unixSocketPath path: String, _ tls: ClientTLSConfiguration?) throws {
        try self.init([try SocketAddress(unixSocketPath: path)], Self.localName, tls)
    }

    private init(_ addresses: [SocketAddress], _ host: String, _ tls: ClientTLSConfiguration?) throws {
        self.tls = try tls.map { configuration throws(TLSError) in try TLSConnector(configuration) }
        self.addresses = addresses
        self.host = host
        loop = try EventLoop(label: "switchboard.call")
    }

    /// Connects; with TLS, returns when the server's certificate is verified.
    ///
    /// - Parameters:
    ///   - lingers: Whether the connection, when it closes, gives the server time to end its side.
    ///   - timeout: The time to connect.
    package func connect(lingers: Bool, within timeout: Duration) async throws -> RawConnection {
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
