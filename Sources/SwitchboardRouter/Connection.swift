public import Logging
public import SwitchboardAddresses

/// The connection of a peer, for handlers.
///
/// It may be used from any thread, also after it has closed.
public protocol Connection: AnyObject, Sendable {
    /// The number of the connection; the server uses each number once.
    var id: ConnectionID { get }

    /// The address of the peer.
    var remoteAddress: SocketAddress { get }

    /// The session of the peer.
    var session: Session { get }

    /// A logger whose metadata has the number of the connection.
    var logger: Logger { get }

    /// Sends a message to this peer, after the messages that were sent before; does nothing after the connection has
    /// closed.
    ///
    /// Several threads may send. If one call happens before another, for example because both callers hold the same lock, the
    /// messages arrive in this order. The same applies to all other methods of the connection that send or close, and to the
    /// reply that a handler returns. The connection is aborted when messages of more than 64 MiB from other threads wait for an
    /// event loop that a handler blocks.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    func send(_ message: some Message, header: HeaderBytes) throws(PayloadError)

    /// Sends a request to this peer, and returns the reply: see ``Context/request(_:header:timeout:)``.
    func request<Input: Request>(
        _ message: Input,
        header: HeaderBytes,
        timeout: Duration
    ) async throws -> Input.Reply

    /// The session ID of the connection; no other connection of any server has the same.
    var sessionID: SessionID { get }

    /// Sends a message to the connections of a destination, including this one if it is one of them.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    func send(_ message: some Message, to destination: Destination) throws(PayloadError)

    /// Sends a message to the connections of a destination, except to this one.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    func broadcast(_ message: some Message, to destination: Destination) throws(PayloadError)

    /// Adds the connection to a room; does nothing when it is in the room, or has closed.
    ///
    /// - Throws: A ``RoomError`` when the name is empty or too long, or the connection is in too many rooms.
    func join(_ room: String) throws(RoomError)

    /// Removes the connection from a room; does nothing when it is not in the room.
    func leave(_ room: String)

    /// The rooms that the connection is in.
    var rooms: Set<String> { get }

    /// Returns the peers of a destination, including this one if it is one of them.
    func peers(of destination: Destination) -> Peers

    /// Disconnects the connections of a destination, including this one if it is one of them.
    ///
    /// - Parameters:
    ///   - destination: The connections to close.
    ///   - error: The last message to their peers; `nil` for none.
    /// - Throws: A `PayloadError` when a value does not fit the layout of the error message.
    func disconnect(_ destination: Destination, because error: (any ErrorMessage)?) throws(PayloadError)

    /// Notes the result of checking a peer's credentials, for the metrics and the log of the server.
    ///
    /// The server counts the result in `switchboard_authentications_total`, and logs it with the user and the address. It does not
    /// change the identity of the session.
    ///
    /// - Parameters:
    ///   - user: The name that the peer has sent. The log has its first 64 characters.
    ///   - isAccepted: Whether the credentials are valid.
    func noteAuthentication(of user: String, isAccepted: Bool)

    /// Changes the time without a complete message after which this connection is closed, and starts it anew.
    ///
    /// A connection begins with the server's `idleTimeout`. A protocol whose clients choose their keep-alive sets it here.
    /// When the time has passed, the server sends `Fault.timeout` and closes the connection, at most a second later.
    ///
    /// - Parameter timeout: The time; zero or less disables the timeout. More than four years count as four years.
    func setIdleTimeout(_ timeout: Duration)

    /// Closes the connection after the reply to the current message and the pending output are sent.
    func close()
}

extension Connection {
    /// Sends a message to this peer, after the messages that were sent before on any thread.
    ///
    /// Does nothing after the connection has closed.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: some FrameHeader = NoHeader()) throws(PayloadError) {
        try send(message, header: HeaderBytes(of: header))
    }

    /// Sends a request to this peer, and returns the reply: see ``Context/request(_:header:timeout:)``.
    public func request<Input: Request>(
        _ message: Input,
        header: some FrameHeader = NoHeader(),
        timeout: Duration
    ) async throws -> Input.Reply {
        try await request(message, header: HeaderBytes(of: header), timeout: timeout)
    }

    /// Sends a message to every peer but this one.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message) throws(PayloadError) {
        try broadcast(message, to: .all)
    }

    /// Every connected peer, including this one.
    public var peers: Peers { peers(of: .all) }

    /// Disconnects the connections of a destination, including this one if it is one of them, without a last message.
    public func disconnect(_ destination: Destination) {
        // Without a message, nothing can fail to encode.
        try? disconnect(destination, because: nil)
    }
}

/// The number of a connection: 1 or more, and higher than those of the connections that a server accepted before.
public typealias ConnectionID = UInt64
