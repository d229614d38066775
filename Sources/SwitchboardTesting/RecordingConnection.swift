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

    private struct State: Sendable {
        var sent: [any Message] = []
        var broadcast: [any Message] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// A connection without records.
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

    /// The messages that were sent to every other peer, in order.
    public var broadcast: [any Message] { state.withLock { $0.broadcast } }

    /// Whether the handler has closed the connection.
    public var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Records a message to this peer; a closed connection records none.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: HeaderBytes) throws(PayloadError) {
        try check(message)
        state.withLock { if !$0.isClosed { $0.sent.append(message) } }
    }

    /// Records a message to all other peers.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message) throws(PayloadError) {
        try check(message)
        state.withLock { $0.broadcast.append(message) }
    }

    /// Records that the handler has closed the connection.
    public func close() {
        state.withLock { $0.isClosed = true }
    }

    private func check(_ message: some Message) throws(PayloadError) {
        var writer = ByteWriter()
        try message.encode(into: &writer)
    }
}
