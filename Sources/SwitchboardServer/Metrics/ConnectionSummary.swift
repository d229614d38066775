public import SwitchboardRouter
public import SwitchboardTransport

/// What is known of a connection at one moment.
public struct ConnectionSummary: Sendable {
    /// Its number.
    public let id: ConnectionID

    /// Where its peer is.
    public let remoteAddress: SocketAddress?

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

/// A connection that has closed.
public struct ClosedConnection: Sendable {
    /// What was known of it in the end.
    public let summary: ConnectionSummary

    /// Why it closed: `endOfStream`, `requested`, `reset`, `slowConsumer`, `loopStopped`, `insecure`, or the name of a
    /// `Fault`.
    public let reason: String

    /// When.
    public let time: ContinuousClock.Instant
}
