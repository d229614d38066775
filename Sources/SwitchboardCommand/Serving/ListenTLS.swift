internal import SwitchboardTLS
internal import SwitchboardTransport

/// TLS between a verb that accepts connections and its clients, or none.
struct ListenTLS: Sendable {
    private let acceptor: TLSAcceptor?
    /// The limits of the sockets of clients.
    let socketLimits: SharedStreamLimits

    /// Reads the certificates.
    ///
    /// - Parameters:
    ///   - configuration: The settings; `nil` without TLS.
    ///   - limits: The limits of the streams.
    /// - Throws: When a file cannot be used.
    init(_ configuration: ServerTLSConfiguration?, _ limits: StreamLimits) throws(TLSError) {
        var acceptor: TLSAcceptor?
        if let configuration { acceptor = try TLSAcceptor(configuration, streamLimits: limits) }
        self.acceptor = acceptor
        socketLimits = acceptor?.socketLimits ?? SharedStreamLimits(limits)
    }

    /// Returns the stream over the socket of a client, which is the socket without TLS; `nil` when the process has no memory for it.
    ///
    /// - Parameter whenSecure: Called when the handshake has ended: with `nil`, or with the error.
    func stream(
        over socket: SocketStream,
        whenSecure: @escaping (TLSError?) -> Void = { _ in }
    ) -> (any ByteStream)? {
        guard let acceptor else { return socket }
        return acceptor.stream(over: socket, whenSecure: whenSecure)
    }
}
