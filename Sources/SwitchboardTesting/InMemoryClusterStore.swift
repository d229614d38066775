internal import SwitchboardBackplane
internal import Synchronization

/// The values that the servers of an ``InMemoryLog`` share.
final class SharedClusterValues: Sendable {
    struct Member {
        var peers: [UInt64: ClusterPeer] = [:]
        /// The connection numbers of the peers in each room.
        var rooms: [String: Set<UInt64>] = [:]
        var users: [String: Int] = [:]
        var expiry: Duration
    }

    struct State {
        var members: [ServerIncarnation: Member] = [:]
        /// The time up to which messages are paid for, in seconds.
        var paidUntil = 0.0
    }

    private let origin = ContinuousClock.now
    private let state = Mutex<[ProtocolFingerprint: State]>([:])

    /// The time since this object was created.
    var time: Duration { ContinuousClock.now - origin }

    func update<Result>(_ fingerprint: ProtocolFingerprint, _ body: (inout State, _ now: Duration) -> sending Result)
        -> Result
    {
        state.withLock { body(&$0[fingerprint, default: State()], time) }
    }
}

/// The store of an ``InMemoryBackplane``: servers expire, and the rate fills, by the clock of the process.
final class InMemoryClusterStore: ClusterStore {
    private struct Membership {
        let fingerprint: ProtocolFingerprint
        let server: ServerIncarnation
        let lifetime: Duration
        var hasLeft = false
    }

    private let log: InMemoryLog
    private let membership = Mutex<Membership?>(nil)

    init(_ log: InMemoryLog) {
        self.log = log
    }

    /// Changes the values, on behalf of a server that has opened the store.
    private func update<Result: Sendable>(
        asMember: Bool = false,
        _ body: (inout SharedClusterValues.State, ServerIncarnation, _ lifetime: Duration, _ now: Duration) -> Result
    ) throws(BackplaneError) -> Result {
        guard let membership = membership.withLock({ $0 }), !(asMember && membership.hasLeft) else {
            throw BackplaneError(.stopped, "the store is closed, or this server has left")
        }
        guard log.isReachable else { throw BackplaneError(.unreachable, "the log in memory was made unreachable") }
        return log.values.update(membership.fingerprint) { body(&$0, membership.server, membership.lifetime, $1) }
    }

    func open(
        for fingerprint: ProtocolFingerprint,
        server: ServerIncarnation,
        lifetime: Duration
    ) async throws(BackplaneError) {
        membership.withLock { $0 = Membership(fingerprint: fingerprint, server: server, lifetime: lifetime) }
        _ = try await renew()
    }

    func leave() async { leaveNow() }

    /// Removes the server, as ``leave()`` does.
    func leaveNow() {
        try? update { state, server, _, _ in state.members[server] = nil }
        membership.withLock { $0?.hasLeft = true }
    }

    func takeMessages(upTo count: Int, of rate: ClusterRateLimit) async throws(BackplaneError) -> Int {
        try update { state, _, _, now in
            let cost = 1 / Double(max(rate.perSecond, 1))
            let (now, burst) = (now / .seconds(1), max(rate.burst / .seconds(1), cost))
            let paid = min(max(state.paidUntil, now), now + burst)
            let granted = min(count, Int(((now + burst - paid) / cost + 1e-6).rounded(.down)))
            state.paidUntil = paid + Double(granted) * cost
            return granted
        }
    }

    func renew() async throws(BackplaneError) -> ClusterRenewal {
        try update(asMember: true) { state, server, lifetime, now in
            state.members = state.members.filter { $0.value.expiry > now }
            let isNew = state.members[server] == nil
            state.members[server, default: .init(expiry: .zero)].expiry = now + lifetime
            return ClusterRenewal(servers: state.members.count, time: now, isIncomplete: isNew)
        }
    }

    func reset(_ part: ClusterPart) async throws(BackplaneError) {
        try update(asMember: true) { state, server, _, _ in
            switch part {
            case .peers:
                state.members[server]?.peers = [:]
                state.members[server]?.rooms = [:]
            case .users: state.members[server]?.users = [:]
            }
        }
    }

    func apply(_ changes: ClusterChanges) async throws(BackplaneError) {
        try update(asMember: true) { state, server, lifetime, now in
            var member = state.members[server] ?? .init(expiry: now + lifetime)
            for peer in changes.peers { member.peers[peer.connection] = peer }
            for connection in changes.removedPeers { member.peers[connection] = nil }
            for change in changes.joined { member.rooms[change.room, default: []].insert(change.connection) }
            for change in changes.left {
                member.rooms[change.room]?.remove(change.connection)
                if member.rooms[change.room]?.isEmpty == true { member.rooms[change.room] = nil }
            }
            for (user, count) in changes.users { member.users[user] = count > 0 ? count : nil }
            state.members[server] = member
        }
    }

    func admit(_ requests: [UserAdmission], limit: Int) async throws(BackplaneError) -> [Bool] {
        try update(asMember: true) { state, server, lifetime, now in
            requests.map { request in
                let others = state.members.filter { $0.key != server && $0.value.expiry > now }.values
                guard others.reduce(request.count, { $0 + $1.users[request.user, default: 0] }) <= limit else {
                    return false
                }
                state.members[server, default: .init(expiry: now + lifetime)].users[request.user] = request.count
                return true
            }
        }
    }

    func servers() async throws(BackplaneError) -> ClusterServers {
        try update { state, _, _, now in
            ClusterServers(servers: state.members.filter { $0.value.expiry > now }.map(\.key), time: now)
        }
    }

    func peers(of server: ServerIncarnation, in room: String?, at cursor: UInt64?) async throws(BackplaneError)
        -> ClusterPage
    {
        try update { state, _, _, now in
            let member = state.members[server].flatMap { $0.expiry > now ? $0 : nil }
            let peers = member?.peers ?? [:]
            let listed = if let room { Array(member?.rooms[room] ?? []) } else { Array(peers.keys) }
            // The cursor is the connection number before the page.
            let connections = listed.filter { $0 > cursor ?? 0 }.sorted()
            let page = connections.prefix(ClusterChanges.maximumCount)
            return ClusterPage(
                peers: page.compactMap { peers[$0] },
                next: page.count < connections.count ? page.last : nil
            )
        }
    }

    func peer(_ connection: UInt64, of server: ServerIncarnation) async throws(BackplaneError) -> ClusterPeer? {
        try update { state, _, _, now in
            state.members[server].flatMap { $0.expiry > now ? $0.peers[connection] : nil }
        }
    }
}
