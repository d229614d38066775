public import Logging
public import Switchboard
internal import Synchronization

/// A connection without a peer, for handlers that are called as the plain values they are: it keeps what they do with it.
///
/// ```swift
/// let connection = RecordingConnection()
/// let reply = try await Shout().handle(message, context: Context(connection: connection))
/// ```
public final class RecordingConnection: Connection {
    /// Its number: 1 unless said otherwise.
    public let id: ConnectionID

    /// Where the peer is said to be.
    public let remoteAddress: SocketAddress

    /// What is known of the peer.
    public let session = Session()

    /// A logger that says nothing unless another was given.
    public let logger: Logger

    private struct State: Sendable {
        var sent: [any Message] = []
        var broadcast: [any Message] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// A connection with which nothing has been done.
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

    /// Whether somebody has closed it.
    public var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Keeps the message, if it fits its layout and the connection was not closed.
    public func send(_ message: some Message, header: HeaderBytes) throws(PayloadError) {
        try check(message)
        state.withLock { if !$0.isClosed { $0.sent.append(message) } }
    }

    /// Keeps the message, if it fits its layout.
    public func broadcast(_ message: some Message) throws(PayloadError) {
        try check(message)
        state.withLock { $0.broadcast.append(message) }
    }

    /// Keeps that it was closed.
    public func close() {
        state.withLock { $0.isClosed = true }
    }

    private func check(_ message: some Message) throws(PayloadError) {
        var writer = ByteWriter()
        try message.encode(into: &writer)
    }
}
