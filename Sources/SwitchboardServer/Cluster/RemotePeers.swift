internal import SwitchboardBackplane
internal import SwitchboardRouter
internal import SwitchboardTransport

/// The peers of other servers, read from the store page by page, as the iteration needs them.
struct RemotePeers {
    /// The peers that are listed.
    enum Selection: Sendable {
        case all
        case user(String)
        case room(String)
        /// The peer with this session ID.
        case session(SessionID)

        /// The peers of other servers that a destination stands for; `nil` for none.
        init?(_ destination: Destination, except server: ServerID) {
            switch destination {
            case .all: self = .all
            case .user(let user) where user.utf8.count <= ClusterPeer.maximumUserBytes: self = .user(user)
            case .session(let session) where session.server != server: self = .session(session)
            case .room(let room): self = .room(room)
            case .user, .session, .connection: return nil
            }
        }
    }

    private let store: any ClusterStore
    private let selection: Selection
    private let own: ServerID
    /// The servers that are still to be listed; `nil` before the first page.
    private var servers: [ServerID]?
    private var cursor: UInt64?
    /// The time of the engine, and the time of this process at the same moment.
    private var clock: (engine: Duration, own: ContinuousClock.Instant) = (.zero, .now)

    init(_ selection: Selection, except own: ServerID, in store: any ClusterStore) {
        self.selection = selection
        self.own = own
        self.store = store
    }

    /// The servers whose peers were not listed, when ``next()`` has thrown an error; `nil` when the servers are unknown.
    var missingServers: [ServerID]? { servers }

    /// The next peers; `nil` after the last ones.
    mutating func next() async throws(BackplaneError) -> Peers.Part? {
        if servers == nil { try await findServers() }
        while let server = servers?.last {
            let peers = try await page(of: server)
            if cursor == nil { servers?.removeLast() }
            if !peers.isEmpty { return Peers.Part(count: peers.count) { peers[$0] } }
        }
        return nil
    }

    private mutating func findServers() async throws(BackplaneError) {
        let answer = try await store.servers()
        clock = (answer.time, .now)
        let others = answer.servers.map(\.rawValue).filter { $0 != own }
        if case .session(let session) = selection {
            servers = others.filter { $0 == session.server }
        } else {
            servers = others
        }
    }

    private mutating func page(of server: ServerID) async throws(BackplaneError) -> [Peer] {
        let incarnation = ServerIncarnation(rawValue: server)
        if case .session(let session) = selection {
            let peer = try await store.peer(session.connection, of: incarnation)
            return [peer].compactMap { $0.flatMap { self.peer($0, of: server) } }
        }
        let page = try await store.peers(of: incarnation, in: room, at: cursor)
        cursor = page.next
        return page.peers.compactMap { isListed($0) ? peer($0, of: server) : nil }
    }

    private var room: String? { if case .room(let room) = selection { room } else { nil } }

    private func isListed(_ peer: ClusterPeer) -> Bool {
        if case .user(let user) = selection { peer.user == user } else { true }
    }

    /// `nil` when the address is not that of a peer: any program may have written it.
    private func peer(_ peer: ClusterPeer, of server: ServerID) -> Peer? {
        guard let address = SocketAddress(peerText: peer.address) else { return nil }
        return Peer(
            session: SessionID(server: server, connection: peer.connection),
            user: peer.user,
            address: address,
            since: clock.own - (clock.engine - peer.since)
        )
    }
}

extension SocketAddress {
    /// The address with the text `description`: `192.0.2.1:5000`, `[2001:db8::1]:5000` or `unix`; `nil` for any other text.
    init?(peerText text: String) {
        if text == Self.unnamedUnixSocket.description {
            self = .unnamedUnixSocket
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
        self.init(ipAddress: String(host), port: port)
    }
}
