/// What a backplane is doing, for health checks and metrics.
public struct BackplaneStatus: Sendable, Hashable {
    /// Whether blocks get through.
    public enum State: String, Sendable, Hashable {
        /// The backplane has not been started, or starts right now.
        case starting
        /// Blocks are sent and received.
        case up
        /// The engine cannot be reached or takes no blocks: blocks are queued, and the server serves its own connections.
        case degraded
        /// The backplane has been stopped.
        case stopped
    }

    /// What has happened since the start.
    public struct Counters: Sendable, Hashable {
        /// Blocks that this server has published, those that were dropped included.
        public var published: UInt64 = 0
        /// Blocks that other servers have published and this server has received.
        public var received: UInt64 = 0
        /// Blocks of this server that were dropped, because the queue was full, the block was too large, or the engine
        /// rejected it.
        public var dropped: UInt64 = 0
        /// Blocks of other servers that never arrived.
        public var missed: UInt64 = 0
        /// Blocks that arrived more than once, and were delivered once.
        public var duplicates: UInt64 = 0
        /// Entries in the log that are no entries of this format: wrong lengths, unknown fields.
        public var malformed: UInt64 = 0
        /// Entries in the log of another format version.
        public var otherVersions: UInt64 = 0
        /// Entries in the log of servers with another protocol.
        public var foreign: UInt64 = 0
        /// Entries that carry this server's incarnation, and that this server has not sent.
        ///
        /// More than 0 means that two servers have the same incarnation, and ignore each other: a copy of a running virtual
        /// machine, for instance. Restart one of them.
        public var stolenIncarnations: UInt64 = 0
        /// Connections to the engine that were lost.
        public var disconnections: UInt64 = 0
        /// Times at which the engine rejected an entry that was sent again later.
        public var rejections: UInt64 = 0

        /// Counters at 0.
        public init() {}
    }

    /// Whether blocks get through.
    public var state = State.starting
    /// Why the state is not ``State/up``, in one line.
    public var problem: String?
    /// Blocks that the engine has not acknowledged yet.
    public var waitingBlocks = 0
    /// The bytes in these blocks.
    public var waitingBytes = 0
    /// Whether connections that publish are held.
    public var holdsPublishers = false
    /// How many other servers with the same protocol have been heard of within the last 15 s.
    public var servers = 0
    /// How long the engine took to acknowledge the last entry.
    public var roundTrip: Duration?
    /// What has happened since the start.
    public var counters = Counters()

    /// The status of a backplane that has not been started.
    public init() {}
}

/// Something that has happened to a backplane, for a log.
public enum BackplaneEvent: Sendable, Hashable {
    /// The engine, at this address, can be used.
    case connected(String)
    /// The engine cannot be used any more, for this reason; the backplane tries again.
    case disconnected(String)
    /// Publishers were held for ``BackplaneLimits/holdTime``, and are released while the engine acknowledges nothing.
    case degraded
    /// Blocks of this server were dropped: this many since the last such event.
    case dropped(UInt64)
    /// Blocks of a server did not arrive.
    case missed(UInt64, from: ServerIncarnation)
    /// Another server uses this server's incarnation.
    case stolenIncarnation
    /// A setting of the engine endangers the log.
    case warning(String)
}
