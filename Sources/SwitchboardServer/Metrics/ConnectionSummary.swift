public import SwitchboardRouter
internal import SwitchboardTransport

/// The state of a connection at one moment.
public struct ConnectionSummary: Sendable {
    /// The number of the connection.
    public let id: ConnectionID

    /// The address of the peer.
    public let remoteAddress: SocketAddress

    /// The user of the authenticated peer; `nil` when the peer is not authenticated.
    public let user: String?

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

/// A copy of a connection's values, made on its event loop; ``summary`` is made elsewhere.
struct ConnectionSnapshot: Sendable {
    let id: ConnectionID
    let remoteAddress: SocketAddress
    let session: Session
    let age: Duration
    let messages: UInt64
    let receivedBytes: UInt64
    let sentBytes: UInt64
    let pendingOutput: Int
    let lastFault: Fault?

    init(_ connection: ServerConnection) {
        id = connection.id
        remoteAddress = connection.remoteAddress
        session = connection.session
        age = connection.age
        messages = connection.messageCount
        receivedBytes = connection.receivedBytes
        sentBytes = connection.sentBytes
        pendingOutput = connection.stream.pendingOutput
        lastFault = connection.lastFault
    }

    var summary: ConnectionSummary {
        ConnectionSummary(
            id: id,
            remoteAddress: remoteAddress,
            user: session.identity?.user,
            age: age,
            messages: messages,
            receivedBytes: receivedBytes,
            sentBytes: sentBytes,
            pendingOutput: pendingOutput,
            lastFault: lastFault
        )
    }
}
