internal import SwitchboardBackplane
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// Writes the peers of a server into the store of its backplane.
///
/// Event loops only note which connections, and which of their rooms, have changed. One task writes the state of these, at most ten
/// times a second. After a failure, it writes all connections as soon as the store can be reached.
final class PresenceWriter: Sendable {
    /// The time for which changes are collected.
    private static let batchTime = Duration.milliseconds(100)

    /// The most connections and rooms of connections whose changes are collected; beyond that, the task writes all connections.
    static let maximumChanges = 65_536

    private struct State {
        /// The connections that have changed since they were written; `nil` for a connection that has closed.
        var changes: [ConnectionID: ServerConnection?] = [:]
        /// The rooms that connections have joined or left, with the event loop of the connection.
        var roomChanges: [ClusterRoomMember: Worker] = [:]
        /// Whether changes are collected: not while all connections have to be written anyway.
        var collects = false
        /// Whether all connections have to be written.
        var needsAll = false
        var hasStopped = false

        mutating func forgetChanges() {
            changes = [:]
            roomChanges = [:]
        }
    }

    /// Changes that are written together, as many at once as a store takes.
    private struct Batch {
        private let store: any ClusterStore
        var changes = ClusterChanges()

        init(_ store: any ClusterStore) {
            self.store = store
        }

        mutating func applyIfFull() async throws(BackplaneError) {
            if changes.count >= ClusterChanges.maximumCount { try await apply() }
        }

        mutating func apply() async throws(BackplaneError) {
            if changes.isEmpty { return }
            try await store.apply(changes)
            changes = ClusterChanges()
        }
    }

    private let store: any ClusterStore
    private let workers: [Worker]
    private let state = Mutex(State())
    private let wakeups: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(_ store: any ClusterStore, _ workers: [Worker]) {
        self.store = store
        self.workers = workers
        (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: From any thread

    /// A connection was accepted, or its user has changed.
    func note(_ connection: ServerConnection) { note(connection.id, connection) }

    /// A connection has closed.
    func noteClosed(_ id: ConnectionID) { note(id, nil) }

    private func note(_ id: ConnectionID, _ connection: ServerConnection?) {
        collect { $0.changes[id] = .some(connection) }
    }

    /// A connection has joined or left a room.
    func noteRoom(_ room: String, of id: ConnectionID, _ worker: Worker) {
        collect { $0.roomChanges[ClusterRoomMember(room: room, connection: id)] = worker }
    }

    private func collect(_ change: (inout State) -> Void) {
        let isFirst = state.withLock { state in
            guard state.collects else { return false }
            change(&state)
            let count = state.changes.count + state.roomChanges.count
            if count > Self.maximumChanges {
                state.forgetChanges()
                state.collects = false
                state.needsAll = true
            }
            return count <= 1
        }
        if isFirst { wake.yield() }
    }

    /// Writes all connections, because the store may have lost some.
    func writeAll() {
        state.withLock { $0.needsAll = true }
        wake.yield()
    }

    /// Writes all connections if writing has failed.
    func retry() {
        if state.withLock({ $0.needsAll }) { wake.yield() }
    }

    /// Writes nothing any more.
    func stop() {
        state.withLock { state in
            state.hasStopped = true
            state.collects = false
            state.forgetChanges()
        }
        wake.finish()
    }

    // MARK: The task

    /// Writes changes until ``stop()``, or until the task is cancelled.
    ///
    /// - Parameter time: Returns the time of the engine at which a connection of this age was opened.
    func run(_ time: @Sendable (_ age: Duration) -> Duration) async {
        for await _ in wakeups {
            try? await Task.sleep(for: Self.batchTime)
            do throws(BackplaneError) { try await write(time) } catch {
                state.withLock { state in
                    state.needsAll = true
                    state.collects = false
                    state.forgetChanges()
                }
            }
        }
    }

    private func write(_ time: (Duration) -> Duration) async throws(BackplaneError) {
        let writesAll = state.withLock { state in
            guard state.needsAll, !state.hasStopped else { return false }
            // From now on, so that no change is missed that comes after a connection was written.
            state.needsAll = false
            state.collects = true
            state.forgetChanges()
            return true
        }
        if writesAll { try await writeConnections(time) }
        // After that, so that what was read earlier never replaces what was read later.
        let (changes, roomChanges) = state.withLock { state in
            defer { state.forgetChanges() }
            return (state.changes, state.roomChanges)
        }
        var batch = Batch(store)
        for (id, connection) in changes {
            if let connection {
                batch.changes.peers.append(peer(connection, time))
            } else {
                batch.changes.removedPeers.append(id)
            }
            try await batch.applyIfFull()
        }
        for (member, worker) in roomChanges {
            if worker.isMember(member.connection, of: member.room) {
                batch.changes.joined.append(member)
            } else {
                batch.changes.left.append(member)
            }
            try await batch.applyIfFull()
        }
        try await batch.apply()
    }

    /// Writes all connections in place of what the store has.
    private func writeConnections(_ time: (Duration) -> Duration) async throws(BackplaneError) {
        try await store.reset(.peers)
        var batch = Batch(store)
        for worker in workers {
            // From the end to the start: a connection that takes the place of one that has closed comes from the end.
            var end = Int.max
            while end > 0, let page = await worker.page(before: end, of: ClusterChanges.maximumCount) {
                end = page.start
                for connection in page.connections {
                    batch.changes.peers.append(peer(connection, time))
                    try await batch.applyIfFull()
                    for room in worker.rooms(of: connection.id) {
                        batch.changes.joined.append(ClusterRoomMember(room: room, connection: connection.id))
                        try await batch.applyIfFull()
                    }
                }
            }
        }
        try await batch.apply()
    }

    private func peer(_ connection: ServerConnection, _ time: (Duration) -> Duration) -> ClusterPeer {
        let address = connection.remoteAddress
        let user = connection.session.identity?.user
        return ClusterPeer(
            connection: connection.id,
            user: user.flatMap { $0.utf8.count <= ClusterPeer.maximumUserBytes ? $0 : nil },
            address: address.isUnix ? SocketAddress.unnamedUnixSocket.description : address.description,
            since: time(CoarseTime.duration(CoarseTime.units(connection.loop.clock) &- connection.openedAt))
        )
    }
}

extension Worker {
    /// Some connections of this loop.
    struct Page: Sendable {
        let connections: [ServerConnection]
        /// The position of the first one.
        let start: Int
    }

    /// The connections of this loop before a position; `nil` when the task is cancelled.
    fileprivate func page(before end: Int, of size: Int) async -> Page? {
        let (pages, continuation) = AsyncStream.makeStream(of: Page.self)
        loop.execute { [self] in
            let end = min(end, connections.count)
            let start = max(end - size, 0)
            continuation.yield(Page(connections: Array(connections[start..<end]), start: start))
            continuation.finish()
        }
        for await page in pages { return page }
        return nil
    }
}
