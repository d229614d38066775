public import SwitchboardTLS
internal import SwitchboardTransport
internal import SwitchboardWire

/// The settings of a client: how it connects, and its limits.
public struct ClientConfiguration: Sendable {
    /// The TLS configuration; `nil` for a connection without encryption.
    ///
    /// TLS requires the package trait `TLS`.
    public var tls: ClientTLSConfiguration?

    /// The time to connect, including the look-up of the host name: more than zero.
    ///
    /// The TLS handshake may take the same time in addition.
    public var connectTimeout = Duration.seconds(10)

    /// The time to wait for a reply: more than zero.
    ///
    /// The argument `timeout` of ``Client/request(_:header:timeout:)`` sets another time for one request.
    ///
    /// When the time has passed, the request throws. The connection stays open, and the server may still handle the
    /// request: see ``Client/request(_:header:timeout:)``.
    public var requestTimeout = Duration.seconds(30)

    /// The time without output after which the client sends the protocol's heartbeat; zero disables heartbeats.
    ///
    /// Heartbeats keep the server from closing an idle connection, and show whether the server is still there: when no
    /// reply comes within ``requestTimeout``, the client closes the connection. A protocol has a heartbeat when its
    /// spec names one, as in `heartbeat: Ping` (`WireProtocol.heartbeat`). In other protocols this setting has no
    /// effect: the server may close an idle connection, and the client notices only at the next request that a server
    /// is gone.
    public var heartbeatInterval = Duration.seconds(30)

    /// The policy by which the client reconnects after its connection has broken; `nil` closes the client instead.
    ///
    /// Requests in flight fail at once, and are never sent again; ``ClientError/mayHaveBeenHandled`` says whether the
    /// server may have handled one. Messages that are sent while there is no connection wait for the next connection,
    /// up to ``requestTimeout``. ``Client/incoming`` continues.
    public var reconnect: ReconnectPolicy?

    /// A closure that runs on each new connection before other messages are sent: to authenticate or subscribe, for
    /// example.
    ///
    /// The argument of the closure is a client of that connection only; do not store it. When the closure throws, the
    /// client closes the connection, and the attempt has failed.
    public var onConnect: (@Sendable (Client) async throws -> Void)?

    /// The number of requests that may have no reply yet, 1 or more.
    public var maximumRequestsInFlight = 65_536

    /// The number of unread incoming messages that the client keeps, 1 or more, and the number of messages that may wait for the
    /// handlers of `Client.on(_:_:)`.
    ///
    /// A further message replaces the oldest message. So does a message with which the unread payloads exceed
    /// ``maximumIncomingBytes``. ``IncomingMessages/droppedCount`` counts the lost messages.
    public var incomingLimit = 4096

    /// The number of bytes of pending output, 1 or more, above which ``Client/send(_:header:)`` waits.
    public var outputHighWaterMark = 256 * 1024

    /// Traces the messages of the client; `nil` for no tracing.
    package var tracing: (any ClientTracingHook)?

    /// A configuration with the defaults.
    public init() {}
}

extension ClientConfiguration {
    /// The number of bytes that the payloads of several unread messages may have together; the same number applies to messages that
    /// wait for handlers.
    public static let maximumIncomingBytes = 16 * 1024 * 1024

    /// Checks the values of all properties.
    ///
    /// - Throws: A ``ClientError`` that names the first property whose value is not allowed.
    func validate() throws(ClientError) {
        try check(connectTimeout > .zero, "connectTimeout is \(connectTimeout): it must be more than 0 s")
        try check(requestTimeout > .zero, "requestTimeout is \(requestTimeout): it must be more than 0 s")
        try check(heartbeatInterval >= .zero, "heartbeatInterval is \(heartbeatInterval): it must be at least 0 s")
        try reconnect?.validate()
        try check(
            maximumRequestsInFlight >= 1,
            "maximumRequestsInFlight is \(maximumRequestsInFlight): it must be at least 1"
        )
        try check(incomingLimit >= 1, "incomingLimit is \(incomingLimit): it must be at least 1")
        try check(outputHighWaterMark >= 1, "outputHighWaterMark is \(outputHighWaterMark): it must be at least 1")
    }

    /// The limits of the client's streams.
    var streamLimits: StreamLimits {
        var limits = StreamLimits()
        limits.highWaterBytes = outputHighWaterMark
        limits.lowWaterBytes = outputHighWaterMark / 2
        limits.stopsReadingWhileCongested = false
        limits.maximumPendingBytes = .max
        return limits
    }

    /// Makes the queues of messages that are not replies.
    ///
    /// - Parameter events: Where the dispatcher reports that it drops messages.
    func makeDispatcher(_ events: Unread<ConnectionEvent>) -> MessageDispatcher {
        MessageDispatcher(limit: incomingLimit, byteLimit: Self.maximumIncomingBytes, events)
    }

    private func check(_ holds: Bool, _ requirement: String) throws(ClientError) {
        if !holds { throw ClientError(.invalidConfiguration, requirement) }
    }
}
