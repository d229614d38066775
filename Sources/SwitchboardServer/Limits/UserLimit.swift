internal import SwitchboardBackplane
internal import SwitchboardRouter
internal import Synchronization

/// The limit of connections that a user may have at once, on this server and, with a store, on all servers of a cluster.
///
/// A connection is first counted on this server, at once. A task then asks the store, which knows the connections on all servers. When
/// the store does not admit the connection, the server closes it. While the store is unreachable, the count of this server decides.
final class UserLimit: Sendable {
    /// The most connections that wait until the store has admitted them; the store counts further ones without a check.
    static let maximumRequests = 4096

    /// The most users whose counts wait to be written; beyond that, the task writes all counts.
    static let maximumChanges = 65_536

    /// The most connections that the store is asked about at once.
    private static let batchSize = 256

    private struct Request {
        let connection: ConnectionID
        let user: String
    }

    /// The connections of a user on this server.
    private struct Count {
        var connections = 0
        /// How many of them the store has not decided on.
        var undecided = 0

        /// How many of them the store has counted.
        var admitted: Int { connections - undecided }
    }

    /// A connection that is counted.
    private struct Counted {
        let user: String
        var isUndecided: Bool
    }

    private struct State {
        var counts: [String: Count] = [:]
        var connections: [ConnectionID: Counted] = [:]
        /// The connections that the store has to decide on, in the order in which they were counted.
        var requests: [Request] = []
        /// The users whose counts the store does not have.
        var changes: Set<String> = []
        /// Whether the store is used: not before it has all counts.
        var usesStore = false
        /// Whether all counts have to be written.
        var needsAll = false
        var hasLeft = false

        mutating func noteChange(of user: String) {
            guard usesStore, user.utf8.count <= ClusterPeer.maximumUserBytes else { return }
            changes.insert(user)
            if changes.count > UserLimit.maximumChanges { loseStore() }
        }

        /// Counts on this server alone, until the store has all counts.
        mutating func loseStore() {
            for request in requests { decide(request) }
            requests = []
            changes = []
            usesStore = false
            needsAll = !hasLeft
        }

        /// Notes that the store decides on a connection no longer; returns whether it was undecided.
        @discardableResult
        mutating func decide(_ request: Request) -> Bool {
            guard let counted = connections[request.connection], counted.user == request.user, counted.isUndecided
            else {
                return false
            }
            connections[request.connection]?.isUndecided = false
            counts[request.user]?.undecided -= 1
            return true
        }

        /// Counts a connection no longer.
        mutating func remove(_ id: ConnectionID) {
            guard let counted = connections.removeValue(forKey: id), var count = counts[counted.user] else { return }
            count.connections -= 1
            if counted.isUndecided { count.undecided -= 1 }
            counts[counted.user] = count.connections > 0 ? count : nil
            noteChange(of: counted.user)
        }
    }

    private let limit: Int
    private let state = Mutex(State())
    private let wakeups: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameter limit: The number of connections that a user may have, 1 or more.
    init(limit: Int) {
        self.limit = limit
        (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The text of the error message to a peer whose user has too many connections.
    var explanation: String {
        "the maximum number of connections of this user is reached (\(limit)); close one or try again later"
    }

    // MARK: From any thread

    /// Notes the user of a connection, in place of the one before; `nil` for none.
    ///
    /// - Returns: Whether the user may have this connection. The store may decide otherwise later.
    func setUser(_ user: String?, of id: ConnectionID) -> Bool {
        let isAdmitted = state.withLock { state in
            if let counted = state.connections[id] {
                if counted.user == user { return true }
                state.remove(id)
            }
            guard let user else { return true }
            var count = state.counts[user] ?? Count()
            guard count.connections < limit else { return false }
            count.connections += 1
            let isUndecided =
                state.usesStore && state.requests.count < Self.maximumRequests
                && user.utf8.count <= ClusterPeer.maximumUserBytes
            if isUndecided {
                count.undecided += 1
                state.requests.append(Request(connection: id, user: user))
            }
            state.counts[user] = count
            state.connections[id] = Counted(user: user, isUndecided: isUndecided)
            if !isUndecided { state.noteChange(of: user) }
            return true
        }
        wake.yield()
        return isAdmitted
    }

    /// Counts a connection that has closed no longer.
    func remove(_ id: ConnectionID) {
        let wasCounted = state.withLock { state in
            guard state.connections[id] != nil else { return false }
            state.remove(id)
            return true
        }
        if wasCounted { wake.yield() }
    }

    /// Whether the store has not decided on some connections yet.
    var hasUndecidedConnections: Bool { state.withLock { $0.counts.values.contains { $0.undecided > 0 } } }

    /// Writes all counts, because the store may have lost some.
    func writeAll() {
        state.withLock { $0.needsAll = !$0.hasLeft }
        wake.yield()
    }

    /// Writes all counts if writing has failed.
    func retry() {
        if state.withLock({ $0.needsAll }) { wake.yield() }
    }

    /// Counts on this server alone from now on.
    func leaveStore() {
        state.withLock { state in
            state.hasLeft = true
            state.loseStore()
        }
        wake.finish()
    }

    // MARK: The task

    /// Asks the store, and writes counts, until ``leaveStore()``, or until the task is cancelled.
    ///
    /// - Parameter refuse: Called with a connection and its user, of which the store has too many.
    func run(with store: any ClusterStore, refuse: (ConnectionID, String) -> Void) async {
        for await _ in wakeups {
            do throws(BackplaneError) { try await update(store, refuse) } catch {
                state.withLock { $0.loseStore() }
            }
        }
    }

    private func update(
        _ store: any ClusterStore,
        _ refuse: (ConnectionID, String) -> Void
    ) async throws(BackplaneError) {
        let writesAll = state.withLock { state in
            guard state.needsAll else { return false }
            state.loseStore()
            state.needsAll = false
            state.usesStore = true
            state.changes = Set(state.counts.keys.filter { $0.utf8.count <= ClusterPeer.maximumUserBytes })
            return true
        }
        if writesAll { try await store.reset(.users) }
        while true {
            let changes = takeChanges()
            if !changes.isEmpty { try await store.apply(changes) }
            let (requests, admissions) = takeRequests()
            if requests.isEmpty, changes.isEmpty { return }
            if requests.isEmpty { continue }
            do throws(BackplaneError) {
                let results = try await store.admit(admissions, limit: limit)
                for (request, isAdmitted) in zip(requests, results) where !note(request, isAdmitted) {
                    refuse(request.connection, request.user)
                }
            } catch {
                state.withLock { state in for request in requests { state.decide(request) } }
                throw error
            }
        }
    }

    private func takeChanges() -> ClusterChanges {
        state.withLock { state in
            var changes = ClusterChanges()
            // An array, because a slice would make the set copy itself at the first removal.
            for user in Array(state.changes.prefix(ClusterChanges.maximumCount)) {
                state.changes.remove(user)
                changes.users[user] = state.counts[user]?.admitted ?? 0
            }
            return changes
        }
    }

    private func takeRequests() -> (requests: [Request], admissions: [UserAdmission]) {
        state.withLock { state in
            var requests: [Request] = []
            var counts: [String: Int] = [:]
            var admissions: [UserAdmission] = []
            for request in state.requests.prefix(Self.batchSize) {
                // Connections that have closed need no decision.
                guard let counted = state.connections[request.connection], counted.user == request.user,
                    counted.isUndecided
                else { continue }
                let count = (counts[request.user] ?? state.counts[request.user]?.admitted ?? 0) + 1
                counts[request.user] = count
                requests.append(request)
                admissions.append(UserAdmission(user: request.user, count: count))
            }
            state.requests.removeFirst(min(state.requests.count, Self.batchSize))
            return (requests, admissions)
        }
    }

    /// Notes the decision of the store; returns whether the connection may stay.
    private func note(_ request: Request, _ isAdmitted: Bool) -> Bool {
        state.withLock { state in
            let wasUndecided = state.decide(request)
            guard wasUndecided, !isAdmitted else {
                // The store has counted a connection that has closed meanwhile.
                if !wasUndecided { state.noteChange(of: request.user) }
                return true
            }
            state.remove(request.connection)
            return false
        }
    }
}
