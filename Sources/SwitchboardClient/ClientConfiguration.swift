public import SwitchboardTLS
internal import SwitchboardTransport
internal import SwitchboardWire

/// How a client connects, and the limits that it keeps.
public struct ClientConfiguration: Sendable {
    /// How it speaks TLS; `nil` for a connection that everybody on the way can read and change.
    ///
    /// It needs a program that was built with the package trait `TLS`.
    public var tls: ClientTLSConfiguration?

    /// How long connecting may take, in all; the handshake of TLS may take as long again.
    public var connectTimeout = Duration.seconds(10)

    /// How long a reply may take.
    ///
    /// The request then throws; the connection stays open, and the server goes on with what it was asked: see
    /// ``Client/request(_:header:)``.
    public var requestTimeout = Duration.seconds(30)

    /// How long the client may send nothing before it sends the protocol's heartbeat, so that the server does not take it
    /// for idle and it does not take a dead server for a silent one; zero means never.
    ///
    /// When the reply does not come within ``requestTimeout``, the connection is closed. A protocol has a heartbeat when
    /// its spec names one, as `heartbeat: Ping` (`WireProtocol.heartbeat`). With a protocol that has none this setting
    /// changes nothing: the client sends nothing while it is idle, the server may close its connection for that, and a
    /// server that is gone is noticed by the next request only.
    public var heartbeatInterval = Duration.seconds(30)

    /// How the client comes back after its connection has broken; `nil` to close it then.
    ///
    /// Requests that were in flight fail at once (``ClientError/mayHaveBeenHandled`` says what may have become of them);
    /// none is ever sent twice. What is to be sent while there is no connection waits for the next, up to
    /// ``requestTimeout``. ``Client/incoming`` goes on.
    public var reconnect: ReconnectPolicy?

    /// What to do on each new connection before anything else is sent over it: to authenticate, say, or to subscribe.
    ///
    /// The client that it is given speaks over that connection only, and is not to be kept. When it throws, the connection
    /// is closed, and the attempt has failed.
    public var onConnect: (@Sendable (Client) async throws -> Void)?

    /// How many requests may be without a reply at once: at least 1.
    public var maximumRequestsInFlight = 65_536

    /// The largest number of incoming messages that are kept until somebody reads them: at least 1.
    ///
    /// A further message replaces the oldest; so does one with which their payloads have more bytes together than
    /// ``maximumIncomingBytes``. ``IncomingMessages/droppedCount`` counts what is lost.
    public var incomingLimit = 4096

    /// How many bytes of output may wait for the server before ``Client/send(_:header:)`` waits too.
    public var outputHighWaterMark = 256 * 1024

    /// The defaults.
    public init() {}
}

extension ClientConfiguration {
    /// The most bytes that the payloads of incoming messages have together that nobody has read, when there are several.
    public static let maximumIncomingBytes = 16 * 1024 * 1024

    /// Checks that every value makes sense.
    func validate() throws(ClientError) {
        try check(connectTimeout > .zero, "connectTimeout must be longer than 0 s")
        try check(requestTimeout > .zero, "requestTimeout must be longer than 0 s")
        try check(heartbeatInterval >= .zero, "heartbeatInterval must be 0 s or longer")
        try reconnect?.validate()
        try check(maximumRequestsInFlight >= 1, "maximumRequestsInFlight must be at least 1")
        try check(incomingLimit >= 1, "incomingLimit must be at least 1")
        try check(outputHighWaterMark >= 1, "outputHighWaterMark must be at least 1")
    }

    /// What its streams keep to.
    var streamLimits: StreamLimits {
        var limits = StreamLimits()
        limits.highWaterBytes = outputHighWaterMark
        limits.lowWaterBytes = outputHighWaterMark / 2
        limits.stopsReadingWhileCongested = false
        limits.maximumPendingBytes = .max
        return limits
    }

    /// What keeps the messages that nobody has read.
    ///
    /// - Parameter events: Where it is told that messages are dropped.
    func makeUnreadMessages(_ events: Unread<ConnectionEvent>) -> Unread<any Message> {
        Unread(limit: incomingLimit, byteLimit: Self.maximumIncomingBytes) { total in
            events.add(.droppingMessages(total: total))
        }
    }

    private func check(_ holds: Bool, _ requirement: String) throws(ClientError) {
        if !holds { throw ClientError(.invalidConfiguration, requirement) }
    }
}
