public import Logging

/// The second argument of a handler: the connection and the session of the peer that sent the message.
public struct Context: Sendable {
    /// The connection that the message came from.
    public let connection: any Connection

    /// The extra fields and the correlation of the message's header, which the reply repeats.
    @usableFromInline package var headerBytes: HeaderBytes

    /// A context for a message from `connection` with `header`.
    @inlinable
    public init(connection: any Connection, header: HeaderBytes = HeaderBytes()) {
        self.connection = connection
        headerBytes = header
    }

    /// The session of the peer: its identity and other state, kept as long as the connection exists.
    public var session: Session { connection.session }

    /// A logger that names the connection.
    public var logger: Logger { connection.logger }

    /// Returns the extra fields in the header of the message.
    ///
    /// The reply, or the error in its place, has the same fields.
    ///
    /// - Parameter wireProtocol: The protocol of the message.
    public func header<P: WireProtocol>(of wireProtocol: P.Type) -> P.Header {
        P.Header(headerBytes)
    }

    /// Sends a message to the peer, before the reply to the message that is being handled.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: some FrameHeader = NoHeader()) throws(PayloadError) {
        try connection.send(message, header: header)
    }

    /// Sends a request to the peer, and returns the reply.
    ///
    /// The server numbers its requests in the field of the header with `correlate`, which the reply repeats. The spec must have such a
    /// field, `from: both` at the request and at its reply, and the router no handler for the reply. A peer that uses `Client` replies
    /// with the closure of `Client.on(_:_:)`.
    ///
    /// In a handler, the request needs room among the suspended handlers: if all of them wait for replies, the connection is not read.
    /// By default, `ServerConfiguration.maximumRequestsToPeer` is less than `maximumConcurrentHandlers` for this reason. The peer's rate
    /// limit applies to its replies, too. While the server drains, handlers that have begun get their replies, and may send requests, until
    /// the drain timeout. When a handler has called ``Connection/close()``, the connection is not read any more: then the request fails
    /// with `PeerRequestError.Code.closed`.
    ///
    /// - Parameters:
    ///   - message: The request.
    ///   - header: The extra fields of its header.
    ///   - timeout: The time to wait for the reply. The server drops a late reply.
    /// - Returns: The reply.
    /// - Throws: The protocol's error message when the peer replies with one; a ``PeerRequestError`` when no reply comes or the request is
    ///   not allowed; a `PayloadError` when a value does not fit the message's layout; a `CancellationError` when the task is cancelled.
    public func request<Input: Request>(
        _ message: Input,
        header: some FrameHeader = NoHeader(),
        timeout: Duration
    ) async throws -> Input.Reply {
        try await connection.request(message, header: header, timeout: timeout)
    }

    /// Sends a message to every peer but this one.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message) throws(PayloadError) {
        try connection.broadcast(message)
    }

    /// Notes the result of checking the peer's credentials, for the metrics and the log of the server.
    ///
    /// A handler that authenticates peers calls this method once for each attempt. The server counts the result in
    /// `switchboard_authentications_total`, and logs it with the user and the address, so that programs such as fail2ban can block
    /// addresses that guess. The method does not change the identity of the session.
    ///
    /// - Parameters:
    ///   - user: The name that the peer has sent. The log has its first 64 characters.
    ///   - isAccepted: Whether the credentials are valid.
    public func noteAuthentication(of user: String, isAccepted: Bool) {
        connection.noteAuthentication(of: user, isAccepted: isAccepted)
    }
}

// MARK: - Other peers

extension Context {
    /// The session ID of the connection, which no other connection of any server ever has.
    public var sessionID: SessionID { connection.sessionID }

    /// Sends a message to the connections of a destination, including this one if it is one of them.
    ///
    /// All that a connection sends arrives at each receiver in the order in which it was sent. A destination without connections is
    /// no error. If the server requires authentication, peers that are not authenticated receive nothing that is sent to a room or
    /// to ``Destination/all``.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - destination: A user, a session, a connection, a room, or all connections.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, to destination: Destination) throws(PayloadError) {
        try connection.send(message, to: destination)
    }

    /// Sends a message to the connections of a destination, except to this one.
    ///
    /// A connection can broadcast to a room that it is not in. Otherwise, the method does what ``send(_:to:)`` does.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message, to destination: Destination) throws(PayloadError) {
        try connection.broadcast(message, to: destination)
    }

    /// Adds the connection to a room, so that it receives the messages to ``Destination/room(_:)``.
    ///
    /// A room exists while connections are in it. The method takes effect at once, on any thread. A connection leaves its rooms when
    /// it closes, after the closures of `Router.onDisconnect` were called. The method does nothing when the connection is in
    /// the room already, or has closed.
    ///
    /// - Parameter room: The name of the room, 1 to `ServerConfiguration.maximumRoomNameBytes` bytes.
    /// - Throws: A ``RoomError`` when the name is empty or too long, or when the connection is in
    ///   `ServerConfiguration.maximumRoomsPerConnection` rooms.
    public func join(_ room: String) throws(RoomError) {
        try connection.join(room)
    }

    /// Removes the connection from a room; does nothing when it is not in the room.
    public func leave(_ room: String) {
        connection.leave(room)
    }

    /// The rooms that the connection is in.
    public var rooms: Set<String> { connection.rooms }

    /// Every connected peer, including this one, of all servers that a backplane over Redis joins.
    public var peers: Peers { connection.peers }

    /// Returns the peers of a destination, including this one if it is one of them.
    ///
    /// If a backplane over Redis joins several servers, these are the peers of all servers, except for
    /// ``Destination/connection(_:)``.
    public func peers(of destination: Destination) -> Peers {
        connection.peers(of: destination)
    }

    /// Disconnects the connections of a destination, including this one if it is one of them.
    ///
    /// Each peer receives what was sent to it before, then the error message. The server closes this connection after the reply to
    /// the message that is being handled. It closes the other connections at once, and cancels their suspended handlers.
    ///
    /// - Parameters:
    ///   - destination: The connections to close.
    ///   - error: The last message to their peers.
    /// - Throws: A `PayloadError` when a value does not fit the layout of the error message.
    public func disconnect(_ destination: Destination, because error: some ErrorMessage) throws(PayloadError) {
        try connection.disconnect(destination, because: error)
    }

    /// Disconnects the connections of a destination, including this one if it is one of them, without a last message.
    public func disconnect(_ destination: Destination) {
        connection.disconnect(destination)
    }
}
