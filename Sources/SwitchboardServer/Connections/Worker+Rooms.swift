internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

// The connections of an event loop by room, by user and by number.
//
// Rooms change at once, on whatever thread a handler runs, so a lock protects them. The loop delivers from a copy of the list of
// members, which costs nothing unless a room changes meanwhile.

extension Worker {
    // MARK: Rooms

    /// Adds a connection to a room; any thread may call this method.
    func join(_ room: String, _ connection: ServerConnection) throws(RoomError) {
        let configuration = core.configuration
        guard (1...configuration.maximumRoomNameBytes).contains(room.utf8.count) else {
            throw RoomError(.invalidName, room: room, limit: configuration.maximumRoomNameBytes)
        }
        let limit = configuration.maximumRoomsPerConnection
        // A connection that has closed would never leave.
        let isJoined = rooms.withLock { !connection.mayJoin || $0.join(room, connection, limit: limit) }
        if !isJoined { throw RoomError(.tooManyRooms, room: room, limit: limit) }
        group?.cluster?.presence.noteRoom(room, of: connection.id, self)
    }

    /// Removes a connection from a room; any thread may call this method.
    func leave(_ room: String, _ connection: ServerConnection) {
        rooms.withLock { $0.leave(room, connection.id) }
        group?.cluster?.presence.noteRoom(room, of: connection.id, self)
    }

    /// Whether a connection is in a room; any thread may ask.
    func isMember(_ id: ConnectionID, of room: String) -> Bool {
        rooms.withLock { $0.contains(id, in: .room(room)) }
    }

    /// The rooms that a connection is in; any thread may ask.
    func rooms(of id: ConnectionID) -> Set<String> {
        rooms.withLock { $0.rooms(of: id) }
    }

    /// Removes a connection that has closed from all rooms, and lets it join none any more.
    ///
    /// - Parameter presence: What is told of the rooms, if any.
    func leaveAll(_ connection: ServerConnection, _ presence: PresenceWriter?) {
        let left = rooms.withLock { rooms -> Set<String> in
            connection.mayJoin = false
            if rooms.isEmpty { return [] }
            let left = presence == nil ? [] : rooms.rooms(of: connection.id)
            rooms.remove(connection.id)
            return left
        }
        for room in left { presence?.noteRoom(room, of: connection.id, self) }
    }

    // MARK: Users

    /// Notes the user of a connection, once the users of connections are of interest; any thread may call this method.
    func identityChanged(of id: ConnectionID) {
        guard tracksUsers.load(ordering: .relaxed) || core.userLimit != nil || group?.cluster != nil else { return }
        if loop.isCurrent { userChanged(of: id) } else { loop.execute { self.userChanged(of: id) } }
    }

    private func userChanged(of id: ConnectionID) {
        guard let connection = connection(id) else { return }
        if let limit = core.userLimit, let user = connection.userAboveLimit(limit) {
            return connection.refuse(user: user)
        }
        if tracksUsers.load(ordering: .relaxed) { noteUser(of: connection) }
        group?.cluster?.presence.note(connection)
    }

    private func noteUser(of connection: ServerConnection) {
        // The identity of this moment: when it changes again, this method is called again.
        let user = connection.session.identity?.user
        rooms.withLock { rooms in
            if connection.mayJoin { rooms.setUser(user, of: connection) }
        }
    }

    /// Begins to note the users of the connections, at the first message to a user.
    private func trackUsers() {
        // Before the identities are read, so that a change after that is noticed.
        if tracksUsers.exchange(true, ordering: .relaxed) { return }
        for connection in connections { noteUser(of: connection) }
        rooms.withLock { $0.tracksUsers = true }
    }

    // MARK: Destinations

    /// The connection with a number, while it is open.
    func connection(_ id: ConnectionID) -> ServerConnection? {
        positions.position(of: id, in: connections).map { connections[$0] }
    }

    /// The connections of this loop that belong to a destination.
    func members(of destination: Destination) -> [ServerConnection] {
        switch destination {
        case .all: return connections
        case .room(let name): return rooms.withLock { $0.members(of: .room(name)) }
        case .user(let user):
            trackUsers()
            return rooms.withLock { $0.members(of: .user(user)) }
        case .session(let session): return members(of: session)
        case .connection(let id): return connection(id).map { [$0] } ?? []
        }
    }

    private func members(of session: SessionID) -> [ServerConnection] {
        session.server == core.serverID ? members(of: .connection(session.connection)) : []
    }

    /// Whether a destination may have connections on this loop; any thread may ask.
    func mayHaveReceivers(of destination: Destination) -> Bool {
        switch destination {
        case .all: true
        case .room(let name): rooms.withLock { $0.mayHaveMembers(.room(name)) }
        case .user(let user): rooms.withLock { $0.mayHaveMembers(.user(user)) }
        case .session(let session): session.server == core.serverID && serves(session.connection)
        case .connection(let id): serves(id)
        }
    }

    private func serves(_ id: ConnectionID) -> Bool { group?.worker(of: id) === self }
}
