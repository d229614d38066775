public import SwitchboardRouter
internal import SwitchboardTransport

/// What is known of a connection at one moment.
public struct ConnectionSummary: Sendable {
    /// Its number.
    public let id: ConnectionID

    /// Where its peer is.
    public let remoteAddress: SocketAddress

    /// The user that the peer has proved to be, if it has.
    public let user: String?

    /// How long it has been open.
    public let age: Duration

    /// How many messages have come from it.
    public let messages: UInt64

    /// The bytes of whole frames that have come from it.
    public let receivedBytes: UInt64

    /// The bytes of frames that it was sent, including ``pendingOutput``.
    public let sentBytes: UInt64

    /// The bytes of output that its side has not taken yet.
    public let pendingOutput: Int

    /// The last fault of its peer, if it had any.
    public let lastFault: Fault?

    /// Messages a second, on average since it was opened.
    public var messageRate: Double {
        let seconds = age / .seconds(1)
        return seconds > 0 ? Double(messages) / seconds : 0
    }
}

/// A summary in the making: what can be had of a connection on its loop without making anything.
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
