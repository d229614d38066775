/// Values that all servers of a backplane share in its engine, besides the log: a message rate and the connected peers.
///
/// An engine with keys that expire, such as Redis, has a store: ``Backplane/store``. Every value belongs to the servers with the same
/// protocol. Methods throw a ``BackplaneError`` when the engine does not carry out the call; the engine may then have carried out a
/// part of it. The store does not repeat calls.
public protocol ClusterStore: AnyObject, Sendable {
    /// Connects to the engine, which the backplane has reached before, and enters the server with ``renew()``.
    ///
    /// - Parameters:
    ///   - fingerprint: The protocol of the servers that share the values.
    ///   - server: The identity of this server.
    ///   - lifetime: The time after which the engine forgets a server that does not call ``renew()``.
    /// - Throws: A ``BackplaneError``: at once when the engine rejects a command, and after the start timeout of the backplane when
    ///   the engine is unreachable.
    func open(
        for fingerprint: ProtocolFingerprint,
        server: ServerIncarnation,
        lifetime: Duration
    ) async throws(BackplaneError)

    /// Takes messages from the rate that all servers share.
    ///
    /// - Parameters:
    ///   - count: The number of messages to take.
    ///   - rate: The rate, which is the same on all servers.
    /// - Returns: The number of messages that this server may handle: less than `count` when the rate is used up.
    func takeMessages(upTo count: Int, of rate: ClusterRateLimit) async throws(BackplaneError) -> Int

    /// Extends the lifetime of this server.
    func renew() async throws(BackplaneError) -> ClusterRenewal

    /// Removes the peers with their rooms, or the users, of this server.
    func reset(_ part: ClusterPart) async throws(BackplaneError)

    /// Writes peers, rooms and users of this server.
    ///
    /// - Parameter changes: At most ``ClusterChanges/maximumCount`` changes.
    func apply(_ changes: ClusterChanges) async throws(BackplaneError)

    /// Counts connections of users, unless a user has too many connections on all living servers together.
    ///
    /// - Parameters:
    ///   - requests: At most ``ClusterChanges/maximumCount`` requests, which the engine decides in this order.
    ///   - limit: The number of connections that a user may have.
    /// - Returns: For each request, whether the engine has counted the connection.
    func admit(_ requests: [UserAdmission], limit: Int) async throws(BackplaneError) -> [Bool]

    /// The living servers, including this one, and the time of the engine.
    func servers() async throws(BackplaneError) -> ClusterServers

    /// Some of the peers of a server, or of its peers in a room.
    ///
    /// A peer that is connected, and in the room, from the first page to the last is listed at least once.
    ///
    /// - Parameters:
    ///   - server: The server.
    ///   - room: The name of the room; `nil` for all peers of the server.
    ///   - cursor: `nil` for the first page, then ``ClusterPage/next`` of the page before.
    func peers(of server: ServerIncarnation, in room: String?, at cursor: UInt64?) async throws(BackplaneError)
        -> ClusterPage

    /// The peer with a connection number of a server; `nil` when there is none.
    func peer(_ connection: UInt64, of server: ServerIncarnation) async throws(BackplaneError) -> ClusterPeer?

    /// Removes this server with its peers and users.
    ///
    /// Later calls of ``renew()``, ``reset(_:)``, ``apply(_:)`` and ``admit(_:limit:)`` throw an error.
    func leave() async
}

/// A message rate that all servers share: a token bucket in the engine, which holds the messages of some time.
public struct ClusterRateLimit: Sendable, Hashable {
    /// The number of messages per second, 1 to 1,000,000,000.
    public var perSecond: Int

    /// The time whose messages the bucket holds after a pause; the bucket holds at least one message.
    public var burst: Duration

    /// A rate.
    public init(perSecond: Int, burst: Duration) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// The engine's answer to the renewal of a server.
public struct ClusterRenewal: Sendable, Hashable {
    /// The number of living servers, including this one.
    public var servers: Int

    /// The time of the engine, since any fixed moment.
    public var time: Duration

    /// Whether the engine may have lost peers and users of this server, so that the server must write all of them.
    public var isIncomplete: Bool

    /// An answer.
    public init(servers: Int, time: Duration, isIncomplete: Bool) {
        self.servers = servers
        self.time = time
        self.isIncomplete = isIncomplete
    }
}

/// A connected peer in the store.
public struct ClusterPeer: Sendable, Hashable {
    /// The longest name of a user in a store, in bytes of UTF-8.
    public static let maximumUserBytes = 1024

    /// The number of the connection.
    public var connection: UInt64

    /// The user of the authenticated peer; `nil` when the peer is not authenticated.
    public var user: String?

    /// The address of the peer, as text without spaces or, for a Unix-domain socket, `unix`.
    public var address: String

    /// The time of the engine at which the server accepted the connection.
    public var since: Duration

    /// A peer.
    public init(connection: UInt64, user: String?, address: String, since: Duration) {
        self.connection = connection
        self.user = user
        self.address = address
        self.since = since
    }
}

/// A peer in a room.
public struct ClusterRoomMember: Sendable, Hashable {
    /// The name of the room.
    public var room: String

    /// The number of the peer's connection.
    public var connection: UInt64

    /// A peer in a room.
    public init(room: String, connection: UInt64) {
        self.room = room
        self.connection = connection
    }
}

/// What a store has of a server.
public enum ClusterPart: Sendable, Hashable {
    /// The connected peers, with their rooms.
    case peers
    /// The users, with the number of their connections.
    case users
}

/// Changes of a server's peers, rooms and users.
public struct ClusterChanges: Sendable, Hashable {
    /// The most changes in one call.
    public static let maximumCount = 512

    /// Peers that have connected or changed.
    public var peers: [ClusterPeer] = []

    /// The connection numbers of peers that have disconnected.
    public var removedPeers: [UInt64] = []

    /// Peers that have joined rooms.
    public var joined: [ClusterRoomMember] = []

    /// Peers that have left rooms.
    public var left: [ClusterRoomMember] = []

    /// The number of connections of users on this server; 0 removes a user.
    public var users: [String: Int] = [:]

    /// No changes.
    public init() {}

    /// Whether there are no changes.
    public var isEmpty: Bool { count == 0 }

    /// The number of changes.
    public var count: Int { peers.count + removedPeers.count + joined.count + left.count + users.count }
}

/// A request to count one more connection of a user.
public struct UserAdmission: Sendable, Hashable {
    /// The name of the user.
    public var user: String

    /// The number of connections of the user on this server, including the new one.
    public var count: Int

    /// A request.
    public init(user: String, count: Int) {
        self.user = user
        self.count = count
    }
}

/// The living servers at a time.
public struct ClusterServers: Sendable, Hashable {
    /// The most servers that are listed.
    public static let maximumCount = 10_000

    /// The servers, in no particular order.
    public var servers: [ServerIncarnation]

    /// The time of the engine.
    public var time: Duration

    /// The servers at a time.
    public init(servers: [ServerIncarnation], time: Duration) {
        self.servers = servers
        self.time = time
    }
}

/// Some of the peers of a server.
public struct ClusterPage: Sendable, Hashable {
    /// The peers: some hundred at most.
    public var peers: [ClusterPeer]

    /// The place of the next page; `nil` after the last page.
    public var next: UInt64?

    /// A page.
    public init(peers: [ClusterPeer], next: UInt64?) {
        self.peers = peers
        self.next = next
    }
}

extension Backplane {
    /// No store.
    public var store: (any ClusterStore)? { nil }
}
