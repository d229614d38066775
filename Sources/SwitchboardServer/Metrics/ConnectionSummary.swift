public import SwitchboardRouter
internal import SwitchboardTransport

/// The state of a connection at one moment.
public struct ConnectionSummary: Sendable {
    /// The number of the connection.
    public let id: ConnectionID

    /// The address of the peer.
    public let remoteAddress: SocketAddress

    /// The user of the authenticated peer; `nil` when the peer is not authenticated.
    public internal(set) var user: String?

    /// The time since the connection was opened.
    public let age: Duration

    /// The number of messages received.
    public let messages: UInt64

    /// The number of bytes of the frames received.
    public let receivedBytes: UInt64

    /// The number of bytes of the frames sent, including ``pendingOutput``.
    public let sentBytes: UInt64

    /// The number of bytes of pending output.
    public let pendingOutput: Int

    /// The last fault of the peer, if there was one.
    public let lastFault: Fault?

    /// The average number of messages per second since the connection was opened.
    public var messageRate: Double {
        let seconds = age / .seconds(1)
        return seconds > 0 ? Double(messages) / seconds : 0
    }
}

extension ConnectionSummary {
    /// The state of a connection, on its event loop.
    ///
    /// - Parameter user: The user of the authenticated peer; `nil` also if it is looked up later.
    init(_ connection: ServerConnection, user: String? = nil) {
        id = connection.id
        remoteAddress = connection.remoteAddress
        self.user = user
        age = connection.age
        messages = connection.messageCount
        receivedBytes = connection.receivedBytes
        sentBytes = connection.sentBytes
        pendingOutput = connection.stream.pendingOutput
        lastFault = connection.lastFault
    }
}

/// A copy of a connection's values, made on its event loop; the user is looked up elsewhere.
struct ConnectionSnapshot: Sendable {
    private let connection: ConnectionSummary
    private let session: Session

    init(_ connection: ServerConnection) {
        self.connection = ConnectionSummary(connection)
        session = connection.session
    }

    var summary: ConnectionSummary {
        var summary = connection
        summary.user = session.identity?.user
        return summary
    }
}
