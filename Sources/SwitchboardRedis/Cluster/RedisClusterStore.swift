internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import SwitchboardTransport
internal import Synchronization

/// The values that servers share, in Redis.
///
/// The names of all keys begin with the key of the log and the fingerprint of the protocol:
///
/// - `…:rate` has the time up to which the messages of all servers are paid for.
/// - `…:servers` is a sorted set of the living servers, with the time at which each expires.
/// - `…:peers:SERVER` is a hash of the peers of a server, by the number of their connection.
/// - `…:users:SERVER` is a hash of the users of a server, with the number of their connections.
/// - `…:rooms:SERVER` is a sorted set of the peers in rooms: see ``RoomText``.
///
/// The last three expire, together with their server, when the server does not renew them.
final class RedisClusterStore: ClusterStore {
    private typealias Operation = RedisStoreLink.Operation

    /// The number of peers that Redis is asked for at once; it may return some more.
    private static let pageSize = 500

    /// The names of a server's keys, and its lifetime.
    private struct Membership {
        let prefix: String
        let incarnation: ServerIncarnation
        let lifetime: Bytes

        /// This server, as an argument of a command.
        var server: Bytes { Bytes(utf8: "\(incarnation)") }
        var rate: Bytes { Bytes(utf8: prefix + "rate") }
        var servers: Bytes { Bytes(utf8: prefix + "servers") }
        var ownPeers: Bytes { peers(of: incarnation) }
        var ownUsers: Bytes { Bytes(utf8: "\(usersPrefix)\(incarnation)") }
        var ownRooms: Bytes { rooms(of: incarnation) }
        var usersPrefix: String { prefix + "users:" }

        func peers(of server: ServerIncarnation) -> Bytes { Bytes(utf8: "\(prefix)peers:\(server)") }
        func rooms(of server: ServerIncarnation) -> Bytes { Bytes(utf8: "\(prefix)rooms:\(server)") }
    }

    private struct State {
        var link: RedisStoreLink?
        var membership: Membership?
        var hasLeft = false
        /// The number of the connection over which the server was renewed last.
        var renewedOver: UInt64 = 0
    }

    private let key: String
    private let startTimeout: Duration
    private let state = Mutex(State())

    init(key: String, startTimeout: Duration) {
        self.key = key
        self.startTimeout = startTimeout
    }

    // MARK: Life

    /// Lets the store connect on the event loop of its backplane, once it is opened.
    func attach(to dialer: RedisDialer, on loop: EventLoop) {
        state.withLock { $0.link = RedisStoreLink(dialer, on: loop) }
    }

    /// Closes the connection.
    func detach() {
        state.withLock { $0.link.take() }?.stop()
    }

    func open(
        for fingerprint: ProtocolFingerprint,
        server: ServerIncarnation,
        lifetime: Duration
    ) async throws(BackplaneError) {
        let membership = Membership(
            prefix: "\(key):\(fingerprint):",
            incarnation: server,
            lifetime: Bytes(utf8: "\(max(PeerText.milliseconds(lifetime), 1))")
        )
        let link = try state.withLock { state throws(BackplaneError) in
            guard let link = state.link else { throw Self.closed }
            guard state.membership == nil else {
                throw BackplaneError(.alreadyStarted, "a store is opened once: make a backplane for each server")
            }
            state.membership = membership
            return link
        }
        do throws(RedisFailure) { try await link.start(within: startTimeout) } catch { throw error.backplaneError }
        _ = try await renew()
    }

    func leave() async {
        guard let (link, membership) = try? current() else { return }
        state.withLock { $0.hasLeft = true }
        _ = try? await link.send([
            .command(["ZREM", membership.servers, membership.server]),
            .command(["UNLINK", membership.ownPeers, membership.ownUsers, membership.ownRooms]),
        ])
    }

    private static let closed = BackplaneError(
        .stopped,
        "the store is closed: start the backplane, then open the store"
    )

    private func current(asMember: Bool = false) throws(BackplaneError) -> (RedisStoreLink, Membership) {
        try state.withLock { state throws(BackplaneError) in
            guard let link = state.link, let membership = state.membership else { throw Self.closed }
            if asMember, state.hasLeft { throw BackplaneError(.stopped, "this server has left") }
            return (link, membership)
        }
    }

    private func send(
        _ operations: [Operation],
        over link: RedisStoreLink
    ) async throws(BackplaneError) -> (replies: [RESPValue], connection: UInt64) {
        do throws(RedisFailure) { return try await link.send(operations) } catch { throw error.backplaneError }
    }

    private static func unexpected(_ command: String) -> BackplaneError {
        BackplaneError(.rejected, "Redis replied with something unexpected to \(command)")
    }

    // MARK: Rate

    func takeMessages(upTo count: Int, of rate: ClusterRateLimit) async throws(BackplaneError) -> Int {
        let (link, membership) = try current()
        let cost = 1_000_000 / Double(max(rate.perSecond, 1))
        let burst = max(Double(PeerText.milliseconds(rate.burst)) * 1000, cost)
        let arguments = ["\(max(rate.perSecond, 1))", "\(burst)", "\(count)"].map { Bytes(utf8: $0) }
        let script = Operation.script(.takeMessages, keys: [membership.rate], arguments)
        guard case .integer(let granted) = try await send([script], over: link).replies.first else {
            throw Self.unexpected("a script")
        }
        return min(max(Int(clamping: granted), 0), count)
    }

    // MARK: This server

    func renew() async throws(BackplaneError) -> ClusterRenewal {
        let (link, membership) = try current(asMember: true)
        let script = Operation.script(
            .renew,
            keys: [membership.servers, membership.ownPeers, membership.ownUsers, membership.ownRooms],
            [membership.server, membership.lifetime]
        )
        let (replies, connection) = try await send([script], over: link)
        guard let reply = replies.first?.elements, reply.count == 3, let time = reply[0].text.flatMap({ Int64($0) }),
            case .integer(let servers) = reply[1], case .integer(let new) = reply[2]
        else { throw Self.unexpected("a script") }
        // Over another connection, this may be another Redis, which has less than this server has written.
        let isOther = state.withLock { state in
            defer { state.renewedOver = connection }
            return state.renewedOver != connection
        }
        return ClusterRenewal(
            servers: max(Int(clamping: servers), 1),
            time: .milliseconds(time),
            isIncomplete: new > 0 || isOther
        )
    }

    func reset(_ part: ClusterPart) async throws(BackplaneError) {
        let (link, membership) = try current(asMember: true)
        /// Empties a key; the field or member that marks it comes from a command.
        func empty(_ key: Bytes, _ command: Bytes, _ argument: Bytes...) -> [Operation] {
            [
                .command(["UNLINK", key]), .command(RedisCommand([command, key] + argument + [Bytes()])),
                .command(["PEXPIRE", key, membership.lifetime]),
            ]
        }
        let operations =
            switch part {
            case .peers: empty(membership.ownPeers, "HSET", Bytes()) + empty(membership.ownRooms, "ZADD", "0")
            case .users: empty(membership.ownUsers, "HSET", Bytes())
            }
        _ = try await send(operations, over: link)
    }

    func apply(_ changes: ClusterChanges) async throws(BackplaneError) {
        let (link, membership) = try current(asMember: true)
        var peers: [Bytes] = []
        for peer in changes.peers { peers += [Bytes(utf8: "\(peer.connection)"), PeerText.encode(peer)] }
        let removedPeers = changes.removedPeers.map { Bytes(utf8: "\($0)") }
        var users: [Bytes] = []
        var removedUsers: [Bytes] = []
        for (user, count) in changes.users {
            let field = Self.field(of: user)
            if count > 0 { users += [field, Bytes(utf8: "\(count)")] } else { removedUsers.append(field) }
        }
        var operations: [Operation] = []
        func change(_ set: Bytes, _ remove: Bytes, _ key: Bytes, setting values: [Bytes], removing fields: [Bytes]) {
            if values.isEmpty, fields.isEmpty { return }
            if !values.isEmpty { operations.append(.command(RedisCommand([set, key] + values))) }
            if !fields.isEmpty { operations.append(.command(RedisCommand([remove, key] + fields))) }
            // If the key had expired, the first command has created it anew, without a lifetime.
            operations.append(.command(["PEXPIRE", key, membership.lifetime]))
        }
        change("HSET", "HDEL", membership.ownPeers, setting: peers, removing: removedPeers)
        change("HSET", "HDEL", membership.ownUsers, setting: users, removing: removedUsers)
        // All members have the same score, so that Redis sorts them by their bytes.
        let joined: [Bytes] = changes.joined.flatMap { ["0", RoomText.encode($0)] }
        change("ZADD", "ZREM", membership.ownRooms, setting: joined, removing: changes.left.map(RoomText.encode))
        _ = try await send(operations, over: link)
    }

    /// The field of a user: never empty, as the field is that marks a hash.
    private static func field(of user: String) -> Bytes { Bytes(utf8: "=\(user)") }

    func admit(_ requests: [UserAdmission], limit: Int) async throws(BackplaneError) -> [Bool] {
        let (link, membership) = try current(asMember: true)
        let prefix = Bytes(utf8: membership.usersPrefix)
        let limit = Bytes(utf8: "\(limit)")
        let operations = requests.map { request in
            Operation.script(
                .admit,
                keys: [membership.servers, membership.ownUsers],
                [
                    membership.server, prefix, Self.field(of: request.user), Bytes(utf8: "\(request.count)"), limit,
                    membership.lifetime,
                ]
            )
        }
        return try await send(operations, over: link).replies.map { $0 == .integer(1) }
    }

    // MARK: All servers

    func servers() async throws(BackplaneError) -> ClusterServers {
        let (link, membership) = try current()
        let last = Bytes(utf8: "-\(ClusterServers.maximumCount)")
        let replies = try await send(
            [.command(["TIME"]), .command(["ZRANGE", membership.servers, last, "-1", "WITHSCORES"])],
            over: link
        ).replies
        guard let time = replies.first?.elements, time.count == 2, let seconds = time[0].text.flatMap({ Int64($0) }),
            let microseconds = time[1].text.flatMap({ Int64($0) }), let list = replies.last?.elements
        else { throw Self.unexpected("TIME or ZRANGE") }
        let now = Duration.seconds(seconds) + .microseconds(microseconds)
        var servers: [ServerIncarnation] = []
        for index in stride(from: 0, to: list.count - 1, by: 2) {
            guard let server = list[index].text.flatMap({ UInt64($0, radix: 16) }),
                let expiry = list[index + 1].text.flatMap({ Double($0) }), expiry >= now / .milliseconds(1)
            else { continue }
            servers.append(ServerIncarnation(rawValue: server))
        }
        return ClusterServers(servers: servers, time: now)
    }

    func peers(of server: ServerIncarnation, in room: String?, at cursor: UInt64?) async throws(BackplaneError)
        -> ClusterPage
    {
        let (link, membership) = try current()
        if let room { return try await members(of: room, on: server, after: cursor, link, membership) }
        let key = membership.peers(of: server)
        let (start, size) = (Bytes(utf8: "\(cursor ?? 0)"), Bytes(utf8: "\(Self.pageSize)"))
        let reply = try await send([.command(["HSCAN", key, start, "COUNT", size])], over: link).replies.first
        guard let parts = reply?.elements, parts.count == 2, let next = parts[0].text.flatMap({ UInt64($0) }),
            let values = parts[1].elements
        else { throw Self.unexpected("HSCAN") }
        var peers: [ClusterPeer] = []
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            guard case .bulk(let field) = values[index], case .bulk(let text) = values[index + 1] else { continue }
            // The field that marks the hash is no peer either.
            if let peer = PeerText.decode(field, text) { peers.append(peer) }
        }
        return ClusterPage(peers: peers, next: next == 0 ? nil : next)
    }

    /// Some of the peers in a room; the cursor is the number of the last connection on the page before.
    private func members(
        of room: String,
        on server: ServerIncarnation,
        after cursor: UInt64?,
        _ link: RedisStoreLink,
        _ membership: Membership
    ) async throws(BackplaneError) -> ClusterPage {
        let (first, last) = RoomText.range(of: room, after: cursor)
        let list = RedisCommand([
            "ZRANGE", membership.rooms(of: server), first, last, "BYLEX", "LIMIT", "0", Bytes(utf8: "\(Self.pageSize)"),
        ])
        guard let members = try await send([.command(list)], over: link).replies.first?.elements else {
            throw Self.unexpected("ZRANGE")
        }
        let connections = members.compactMap { member -> UInt64? in
            if case .bulk(let text) = member { RoomText.connection(in: text) } else { nil }
        }
        guard let end = connections.last else { return ClusterPage(peers: [], next: nil) }
        let fields = connections.map { Bytes(utf8: "\($0)") }
        let read = RedisCommand(["HMGET", membership.peers(of: server)] + fields)
        guard let texts = try await send([.command(read)], over: link).replies.first?.elements,
            texts.count == fields.count
        else { throw Self.unexpected("HMGET") }
        // A peer whose connection has closed meanwhile has no text.
        let peers = zip(fields, texts).compactMap { field, text -> ClusterPeer? in
            if case .bulk(let text) = text { PeerText.decode(field, text) } else { nil }
        }
        return ClusterPage(peers: peers, next: members.count < Self.pageSize ? nil : end)
    }

    func peer(_ connection: UInt64, of server: ServerIncarnation) async throws(BackplaneError) -> ClusterPeer? {
        let (link, membership) = try current()
        let field = Bytes(utf8: "\(connection)")
        let command = RedisCommand(["HGET", membership.peers(of: server), field])
        guard case .bulk(let text) = try await send([.command(command)], over: link).replies.first else { return nil }
        return PeerText.decode(field, text)
    }
}
