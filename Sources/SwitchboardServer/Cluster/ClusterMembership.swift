internal import Logging
internal import SwitchboardBackplane
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// The membership of a server in a cluster: over the store of its backplane, the server shares its peers, the connections of its
/// users and a message rate with other servers.
///
/// Three tasks use the store, each one call at a time, so that each writes its values in order: ``PresenceWriter`` for the peers,
/// ``UserLimit`` for the users, ``ClusterRate`` for the rate. A fourth task renews the lifetime of the server.
final class ClusterMembership: Sendable {
    /// The number of renewals in a lifetime: two may fail before other servers take this one for dead.
    private static let renewalsPerLifetime = 3

    /// The longest time until a renewal that has failed is repeated.
    private static let retryTime = Duration.seconds(1)

    private struct State {
        var tasks: [Task<Void, Never>] = []
        var isReachable = true
        var servers = 1
        /// The time of the engine, and the time of this process at the same moment.
        var clock: (engine: Duration, own: ContinuousClock.Instant)?
    }

    let store: any ClusterStore
    let presence: PresenceWriter
    private let core: ServerCore
    private let workers: [Worker]
    private let metrics: ClusterMetrics
    private let state = Mutex(State())

    init(_ store: any ClusterStore, _ core: ServerCore, _ workers: [Worker]) {
        self.store = store
        self.core = core
        self.workers = workers
        presence = PresenceWriter(store, workers)
        metrics = ClusterMetrics(core.metrics.factory)
    }

    // MARK: Life

    /// Enters the cluster, and takes the first messages from the shared rate; the backplane has started.
    ///
    /// - Throws: A `BackplaneError`.
    func start() async throws {
        try await store.open(
            for: ProtocolFingerprint(core.wireProtocol),
            server: ServerIncarnation(rawValue: core.serverID),
            lifetime: core.configuration.presenceLifetime
        )
        note(try await store.renew())
        presence.writeAll()
        core.userLimit?.writeAll()
        await core.rates.cluster?.prepare(with: store)
        var tasks = [
            Task { await self.keepRenewing() },
            Task { await self.presence.run { self.engineTime(before: $0) } },
        ]
        if let rate = core.rates.cluster { tasks.append(Task { [store] in await rate.run(with: store) }) }
        if let limit = core.userLimit {
            tasks.append(Task { [store] in await limit.run(with: store) { self.refuse($0, of: $1) } })
        }
        state.withLock { $0.tasks = tasks }
    }

    /// Leaves the cluster: other servers no longer list the peers of this server or count the connections of its users.
    ///
    /// The server still keeps to the shared rate, until ``stop()``.
    func leave() async {
        presence.stop()
        core.userLimit?.leaveStore()
        await store.leave()
    }

    /// Ends all tasks.
    func stop() {
        for task in state.withLock({ $0.tasks }) { task.cancel() }
        handOverMetrics()
        metrics.handOver(servers: 0, refused: 0)
    }

    /// Hands the counts to the metrics backend.
    func handOverMetrics() {
        metrics.handOver(servers: state.withLock { $0.servers }, refused: core.rates.cluster?.refusedMessages ?? 0)
    }

    // MARK: Renewal

    private func keepRenewing() async {
        let interval = core.configuration.presenceLifetime / Self.renewalsPerLifetime
        while !Task.isCancelled {
            try? await Task.sleep(for: state.withLock { $0.isReachable } ? interval : min(interval, Self.retryTime))
            if Task.isCancelled { return }
            do throws(BackplaneError) { note(try await store.renew()) } catch {
                // A server that has left renews itself no more.
                if error.code == .stopped { return }
                note(error)
            }
        }
    }

    private func note(_ renewal: ClusterRenewal) {
        let wasReachable = state.withLock { state in
            state.servers = renewal.servers
            state.clock = (renewal.time, .now)
            defer { state.isReachable = true }
            return state.isReachable
        }
        core.rates.cluster?.noteServers(renewal.servers)
        if !wasReachable {
            core.logger.info("cluster store is reachable again", metadata: ["servers": "\(renewal.servers)"])
        }
        if renewal.isIncomplete {
            presence.writeAll()
            core.userLimit?.writeAll()
        } else {
            presence.retry()
            core.userLimit?.retry()
        }
    }

    private func note(_ error: BackplaneError) {
        metrics.countFailedRenewal()
        let wasReachable = state.withLock { state in
            defer { state.isReachable = false }
            return state.isReachable
        }
        guard wasReachable else { return }
        core.logger.warning(
            "cluster store is unreachable: the limits of the cluster apply to this server alone",
            metadata: ["reason": "\(error)"]
        )
    }

    /// The time of the engine, `age` ago.
    private func engineTime(before age: Duration) -> Duration {
        guard let clock = state.withLock({ $0.clock }) else { return .zero }
        return clock.engine + (.now - clock.own) - age
    }

    // MARK: Users

    private func refuse(_ id: ConnectionID, of user: String) {
        let worker = workers.serving(id)
        worker.loop.execute { worker.connection(id)?.refuse(user: user) }
    }
}
