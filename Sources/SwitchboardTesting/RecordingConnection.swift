public import Logging
public import Switchboard
internal import Synchronization

/// A connection without a peer, for tests that call a handler directly: it records what the handler does.
///
/// ```swift
/// let connection = RecordingConnection()
/// let reply = try await Shout().handle(message, context: Context(connection: connection))
/// ```
public final class RecordingConnection: Connection {
    /// The number of the connection; 1 by default.
    public let id: ConnectionID

    /// The address of the peer; the loopback address by default.
    public let remoteAddress: SocketAddress

    /// The session of the peer.
    public let session = Session()

    /// The logger; by default nothing is logged.
    public let logger: Logger

    /// The session ID of the connection, at a server with the identity 1.
    public var sessionID: SessionID { SessionID(server: 1, connection: id) }

    /// A message to a destination, which may include this connection.
    public struct Addressed: Sendable {
        /// The message.
        public let message: any Message

        /// The connections that the message is for.
        public let destination: Destination
    }

    /// The result of checking a peer's credentials.
    public struct Authentication: Sendable, Hashable {
        /// The name that the peer has sent.
        public let user: String

        /// Whether the credentials are valid.
        public let isAccepted: Bool

        /// A result.
        public init(user: String, isAccepted: Bool) {
            self.user = user
            self.isAccepted = isAccepted
        }
    }

    private struct State: Sendable {
        var sent: [any Message] = []
        var addressed: [Addressed] = []
        var broadcast: [Addressed] = []
        var rooms: Set<String> = []
        var disconnected: [Destination] = []
        var idleTimeout: Duration?
        var authentications: [Authentication] = []
        var answers: [ObjectIdentifier: @Sendable (any Message) throws -> any Message] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let opened = ContinuousClock.now

    /// A connection that has recorded nothing.
    public init(
        id: ConnectionID = 1,
        remoteAddress: SocketAddress = .loopback(port: 1),
        logger: Logger = Logger(label: "switchboard.testing", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.id = id
        self.remoteAddress = remoteAddress
        self.logger = logger
    }

    /// The messages that were sent to this peer, in order.
    public var sent: [any Message] { state.withLock { $0.sent } }

    /// The messages that were sent to a destination, in order.
    public var addressed: [Addressed] { state.withLock { $0.addressed } }

    /// The messages that were sent to every other peer, in order.
    public var broadcast: [any Message] {
        state.withLock { $0.broadcast.filter { $0.destination == .all }.map(\.message) }
    }

    /// The messages that were broadcast to a destination, in order, including the messages of
    /// ``broadcast``.
    public var broadcastTo: [Addressed] { state.withLock { $0.broadcast } }

    /// The rooms that the handler has joined and not left.
    public var rooms: Set<String> { state.withLock { $0.rooms } }

    /// The destinations that the handler has disconnected, in order.
    public var disconnected: [Destination] { state.withLock { $0.disconnected } }

    /// The idle timeout that the handler has set last; `nil` if it has set none.
    public var idleTimeout: Duration? { state.withLock { $0.idleTimeout } }

    /// The results of checking credentials that the handler has noted, in order.
    public var authentications: [Authentication] { state.withLock { $0.authentications } }

    /// Whether the handler has closed the connection.
    public var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Records a message to this peer; a closed connection records none.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: HeaderBytes) throws(PayloadError) {
        try check(message, header)
        state.withLock { if !$0.isClosed { $0.sent.append(message) } }
    }

    /// Sets how the peer replies to requests of a handler.
    ///
    /// ```swift
    /// connection.onRequest(Jobs.Ask.self) { ask in Jobs.Answer(load: 3) }
    /// ```
    ///
    /// - Parameters:
    ///   - type: The request.
    ///   - answer: Returns the reply, or throws what the handler's `request` is to throw.
    public func onRequest<Input: Request>(
        _ type: Input.Type,
        _ answer: @escaping @Sendable (Input) throws -> Input.Reply
    ) {
        state.withLock { state in
            state.answers[ObjectIdentifier(type)] = { message in
                guard let input = message as? Input else { throw Self.noReply(to: type) }
                return try answer(input)
            }
        }
    }

    /// Records a request in ``sent``, and returns the reply of ``onRequest(_:_:)``.
    ///
    /// - Throws: What the closure of ``onRequest(_:_:)`` throws; a `PeerRequestError` when there is none, or the connection is closed.
    public func request<Input: Request>(
        _ message: Input,
        header: HeaderBytes,
        timeout: Duration
    ) async throws -> Input.Reply {
        try send(message, header: header)
        let (isClosed, answer) = state.withLock { ($0.isClosed, $0.answers[ObjectIdentifier(Input.self)]) }
        if isClosed { throw PeerRequestError(.closed, "the connection is closed") }
        guard let reply = try answer?(message) as? Input.Reply else { throw Self.noReply(to: Input.self) }
        return reply
    }

    private static func noReply(to request: any Message.Type) -> PeerRequestError {
        PeerRequestError(.timedOut, "the peer did not reply in time: set a reply with onRequest(\(request.name).self)")
    }

    /// Records a message to the connections of a destination; a closed connection records it, too.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, to destination: Destination) throws(PayloadError) {
        try check(message)
        state.withLock { $0.addressed.append(Addressed(message: message, destination: destination)) }
    }

    /// Records a message to the other connections of a destination.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message, to destination: Destination) throws(PayloadError) {
        try check(message)
        state.withLock { $0.broadcast.append(Addressed(message: message, destination: destination)) }
    }

    /// Records that the connection is in a room.
    ///
    /// A closed connection joins no room. This connection has no limit of rooms.
    public func join(_ room: String) {
        state.withLock { if !$0.isClosed { $0.rooms.insert(room) } }
    }

    /// Records that the connection is no longer in a room.
    public func leave(_ room: String) {
        state.withLock { _ = $0.rooms.remove(room) }
    }

    /// Returns this peer if it belongs to the destination; no other peer exists.
    public func peers(of destination: Destination) -> Peers {
        let belongs =
            switch destination {
            case .all: true
            case .room(let room): rooms.contains(room)
            case .user(let user): session.identity?.user == user
            case .session(let session): session == sessionID
            case .connection(let id): id == self.id
            }
        guard belongs else { return Peers([]) }
        return Peers([Peer(session: sessionID, user: session.identity?.user, address: remoteAddress, since: opened)])
    }

    /// Records a destination that is disconnected.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the layout of the error message.
    public func disconnect(_ destination: Destination, because error: (any ErrorMessage)?) throws(PayloadError) {
        if let error { try check(error) }
        state.withLock { $0.disconnected.append(destination) }
    }

    /// Records an idle timeout.
    public func setIdleTimeout(_ timeout: Duration) {
        state.withLock { $0.idleTimeout = timeout }
    }

    /// Records the result of checking credentials.
    public func noteAuthentication(of user: String, isAccepted: Bool) {
        state.withLock { $0.authentications.append(Authentication(user: user, isAccepted: isAccepted)) }
    }

    /// Records that the handler has closed the connection.
    public func close() {
        state.withLock { $0.isClosed = true }
    }

    private func check(_ message: some Message, _ header: HeaderBytes = HeaderBytes()) throws(PayloadError) {
        var writer = ByteWriter()
        var header = header
        try message.encode(into: &writer, header: &header)
    }
}
