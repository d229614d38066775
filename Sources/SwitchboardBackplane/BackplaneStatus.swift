/// The state and the counters of a backplane, for health checks and metrics.
public struct BackplaneStatus: Sendable, Hashable {
    /// Whether the backplane sends and receives blocks.
    public enum State: String, Sendable, Hashable {
        /// The backplane has not been started, or is starting.
        case starting
        /// The backplane sends and receives blocks.
        case up
        /// The engine is unreachable or acknowledges no blocks: the backplane queues blocks, and the server serves its own
        /// connections.
        case degraded
        /// The backplane has been stopped.
        case stopped
    }

    /// The counters since the start.
    public struct Counters: Sendable, Hashable {
        /// Blocks that this server has published, including dropped blocks.
        public var published: UInt64 = 0
        /// Blocks that other servers have published and this server has received.
        public var received: UInt64 = 0
        /// Blocks of this server that were dropped, because the queue was full, the block was too large, or the engine
        /// rejected it.
        public var dropped: UInt64 = 0
        /// Blocks of other servers that have not arrived.
        public var missed: UInt64 = 0
        /// Blocks that arrived more than once, and were delivered once.
        public var duplicates: UInt64 = 0
        /// Entries in the log that do not have the format of an entry: wrong lengths, unknown fields.
        public var malformed: UInt64 = 0
        /// Entries in the log of another format version.
        public var otherVersions: UInt64 = 0
        /// Entries in the log of servers with another protocol.
        public var foreign: UInt64 = 0
        /// Entries with this server's incarnation that this server has not sent.
        ///
        /// More than 0 means that two servers have the same incarnation, and ignore each other: a copy of a running virtual
        /// machine, for instance. Restart one of them.
        public var incarnationConflicts: UInt64 = 0
        /// Connections to the engine that were lost.
        public var disconnections: UInt64 = 0
        /// Entries that the engine has rejected; the backplane sends them again later.
        public var rejections: UInt64 = 0

        /// Counters at 0.
        public init() {}
    }

    /// Whether the backplane sends and receives blocks.
    public var state = State.starting
    /// The reason why the state is not ``State/up``, in one line.
    public var problem: String?
    /// Blocks that the engine has not acknowledged yet.
    public var waitingBlocks = 0
    /// The bytes of these blocks, and an overhead for each block.
    public var waitingBytes = 0
    /// Whether connections that publish are held.
    public var holdsPublishers = false
    /// The number of other servers with the same protocol that have sent an entry within the last 15 s.
    public var servers = 0
    /// The time that the engine took to acknowledge the last entry.
    public var roundTrip: Duration?
    /// The counters since the start.
    public var counters = Counters()

    /// The status of a backplane that has not been started.
    public init() {}
}

/// An event of a backplane, for a log.
public enum BackplaneEvent: Sendable, Hashable {
    /// The backplane is connected to the engine at this address.
    case connected(String)
    /// The connection to the engine is lost or cannot be made, for this reason; the backplane connects again.
    case disconnected(String)
    /// The engine rejects messages or connections of this server, for this reason; the backplane tries again.
    case rejected(String)
    /// The backplane sends and receives again, after ``disconnected(_:)``, ``rejected(_:)`` or ``degraded``.
    case recovered
    /// Publishers were held for ``BackplaneLimits/holdTime`` without progress, and are released.
    case degraded
    /// Blocks of this server were dropped: their number since the last event of this kind.
    case dropped(UInt64)
    /// Blocks of a server did not arrive.
    case missed(UInt64, from: ServerIncarnation)
    /// Another server uses this server's incarnation.
    case incarnationConflict
    /// A setting of the engine can make it lose the log.
    case warning(String)
}
