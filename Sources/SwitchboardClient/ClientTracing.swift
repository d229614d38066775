package import SwitchboardTransport
package import SwitchboardWire

/// Traces the messages that a client sends, and those that its handlers get: see the product SwitchboardTracing.
package protocol ClientTracingHook: Sendable {
    /// Sends a message by calling `send`, a second time only after a `PayloadError`.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - link: The client.
    ///   - send: Sends a message, and returns the reply, or `Void` for a message without one.
    func send<Input: Message, Output: Sendable>(
        _ message: Input,
        over link: TracedLink,
        _ send: (Input) async throws -> Output
    ) async throws -> Output

    /// Handles a message by calling `handle` once.
    func handle<Input: Message, Output: Sendable>(
        _ message: Input,
        from link: TracedLink,
        _ handle: () async throws -> Output
    ) async throws -> Output
}

/// The protocol and the server of a client, for the attributes of its spans.
package struct TracedLink: Sendable {
    /// The name of the protocol.
    package let protocolName: String

    /// The host name, the IP address or the path that the client connects to; `nil` if it was given a socket.
    package let host: String?

    /// The port that the client connects to; `nil` for a Unix-domain socket.
    package let port: Int?

    /// Returns the address of the server at the end of the current connection.
    package let peer: @Sendable () -> SocketAddress?
}

/// The tracing of one client.
struct ClientTracing: Sendable {
    let hook: any ClientTracingHook
    let link: TracedLink

    /// The tracing of a client of `server`; `nil` if the configuration has none.
    init?(
        _ configuration: ClientConfiguration,
        _ table: ProtocolTable,
        _ server: ServerLocation?,
        peer: @escaping @Sendable () -> SocketAddress?
    ) {
        guard let hook = configuration.tracing else { return nil }
        self.hook = hook
        let (host, port): (String?, Int?) =
            switch server {
            case .host(let host, let port): (host, port)
            case .unixSocket(let path): (path, nil)
            case nil: (nil, nil)
            }
        link = TracedLink(protocolName: table.name, host: host, port: port, peer: peer)
    }
}
