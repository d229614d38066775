internal import SwitchboardTLS
internal import SwitchboardTransport

/// TLS between a proxy and its two ends.
struct ProxyTLS: Sendable {
    /// The time for the handshake with the server.
    private static let handshakeTime = Duration.seconds(10)

    private let clients: ListenTLS
    private let connector: TLSConnector?
    /// The name of the server.
    private let host: String
    /// The limits of the sockets of the server.
    let serverLimits: SharedStreamLimits

    /// Reads the certificates.
    ///
    /// - Parameters:
    ///   - listening: The settings for the connections of clients; `nil` without TLS.
    ///   - connecting: The settings for the connections to the server; `nil` without TLS.
    ///   - host: The name of the server.
    /// - Throws: When a file cannot be used.
    init(
        _ listening: ServerTLSConfiguration?,
        _ connecting: ClientTLSConfiguration?,
        to host: String
    ) throws(TLSError) {
        let limits = ProxyEnd.limits
        clients = try ListenTLS(listening, limits)
        var connector: TLSConnector?
        if let connecting { connector = try TLSConnector(connecting) }
        (self.connector, self.host) = (connector, host)
        serverLimits = SharedStreamLimits(connector == nil ? limits : TLSConnector.socketLimits(limits))
    }

    /// The limits of the sockets of clients.
    var clientLimits: SharedStreamLimits { clients.socketLimits }

    /// Returns the stream over the socket of a client; `nil` when the process has no memory for it.
    ///
    /// - Parameter fail: Called if the handshake fails, with the reason.
    func client(over socket: SocketStream, whenFailed fail: @escaping (String) -> Void) -> ProxyStream? {
        let stream = clients.stream(over: socket) { Self.report($0, to: fail) }
        return stream.map { ProxyStream(socket: socket, bytes: $0) }
    }

    /// Returns the stream over a socket to the server.
    ///
    /// - Parameter fail: Called if the handshake fails, with the reason.
    func server(
        over socket: SocketStream,
        whenFailed fail: @escaping (String) -> Void
    ) throws(TLSError) -> ProxyStream {
        guard let connector else { return ProxyStream(socket: socket, bytes: socket) }
        let stream = try connector.stream(
            over: socket,
            limits: ProxyEnd.limits,
            to: host,
            timeout: Self.handshakeTime
        ) { Self.report($0, to: fail) }
        return ProxyStream(socket: socket, bytes: stream)
    }

    /// Reports why a handshake failed, unless the proxy itself has ended it.
    private static func report(_ error: TLSError?, to fail: (String) -> Void) {
        if let error, error.failure != .cancelled { fail(error.description) }
    }
}

/// A stream between a proxy and one of its ends.
struct ProxyStream {
    /// The stream of the socket.
    let socket: SocketStream
    /// The stream of the bytes that the proxy passes on: over TLS, or the same as ``socket``.
    let bytes: any ByteStream

    /// Whether the stream is over TLS.
    var isEncrypted: Bool { bytes !== socket }
}
