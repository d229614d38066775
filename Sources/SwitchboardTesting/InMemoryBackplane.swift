internal import DequeModule
public import SwitchboardBackplane
internal import SwitchboardBytes
internal import Synchronization

/// The engine of ``InMemoryBackplane``: a log in this process that several servers share.
///
/// Entries are encoded and decoded as over a network.
public final class InMemoryLog: Sendable {
    private struct State {
        var members: [ObjectIdentifier: InMemoryBackplane] = [:]
        var isReachable = true
    }

    private let state = Mutex(State())
    /// The rate and the peers that the servers share.
    let values = SharedClusterValues()

    /// A log that no server has joined yet.
    public init() {}

    /// Whether the servers can reach the log.
    ///
    /// While they cannot, what they publish is queued, as during an outage of an engine.
    public var isReachable: Bool {
        get { state.withLock { $0.isReachable } }
        set {
            let members = state.withLock { state in
                state.isReachable = newValue
                return Array(state.members.values)
            }
            for member in members { member.reachabilityChanged(newValue) }
        }
    }

    func join(_ member: InMemoryBackplane) { state.withLock { $0.members[ObjectIdentifier(member)] = member } }

    func leave(_ member: InMemoryBackplane) { state.withLock { $0.members[ObjectIdentifier(member)] = nil } }

    /// Queues the entry for each member; the caller delivers when it holds no lock.
    ///
    /// - Returns: The members, or `nil` when the log cannot be reached.
    func append(_ entry: Bytes) -> [InMemoryBackplane]? {
        state.withLock { state in
            guard state.isReachable else { return nil }
            for member in state.members.values { member.enqueue(.entry(entry)) }
            return Array(state.members.values)
        }
    }
}

/// Joins servers in one process, without an engine: for tests.
///
/// ```swift
/// let log = InMemoryLog()
/// let first = try TestServer(router, backplane: InMemoryBackplane(joining: log))
/// let second = try TestServer(router, backplane: InMemoryBackplane(joining: log))
/// ```
///
/// A block is delivered before ``publish(_:)`` returns, unless another thread is delivering to the same server. The backplane has no
/// clock: publishers are held for as long as the log cannot be reached, and are not released after a time.
public final class InMemoryBackplane: Backplane {
    enum Item {
        case entry(Bytes)
        case release
        case event(BackplaneEvent)
    }

    private struct Receiving {
        var inbox: Inbox?
        var receiver: (any BackplaneReceiver)?
        var items: Deque<Item> = []
        var isDelivering = false
        var isPaused = false
    }

    private struct Sending {
        var fingerprint: ProtocolFingerprint?
        var incarnation = ServerIncarnation.random()
        var hasStopped = false
    }

    private let log: InMemoryLog
    private let clusterStore: InMemoryClusterStore
    private let outbox: Outbox
    private let receiving = Mutex(Receiving())
    private let sending = Mutex(Sending())
    private let hasBeenUnreachable = Atomic(false)

    /// A backplane over `log`.
    public init(joining log: InMemoryLog, limits: BackplaneLimits = BackplaneLimits()) {
        self.log = log
        clusterStore = InMemoryClusterStore(log)
        outbox = Outbox(limits: limits) {}
    }

    /// Joins the log.
    ///
    /// - Throws: A `BackplaneError` when it has been started before.
    public func start(for fingerprint: ProtocolFingerprint, _ receiver: any BackplaneReceiver) async throws {
        try join(for: fingerprint, receiver)
    }

    /// Joins the log, as ``start(for:_:)`` does.
    func join(for fingerprint: ProtocolFingerprint, _ receiver: any BackplaneReceiver) throws(BackplaneError) {
        let incarnation = try sending.withLock { sending throws(BackplaneError) in
            guard sending.fingerprint == nil else { throw BackplaneError.alreadyStarted }
            sending.fingerprint = fingerprint
            return sending.incarnation
        }
        receiving.withLock {
            $0.inbox = Inbox(fingerprint, own: incarnation)
            $0.receiver = receiver
        }
        outbox.open()
        log.join(self)
        reachabilityChanged(log.isReachable)
    }

    /// Delivers the block to all other servers, or queues it while the log cannot be reached.
    public func publish(_ block: BackplaneBlock) {
        guard isRunning else { return }
        outbox.publish(block)
        send()
    }

    /// Whether more bytes wait than `BackplaneLimits.holdBytes`.
    public var holdsPublishers: Bool { outbox.holdsPublishers }

    /// Queues what arrives.
    public func pauseReceiving() { receiving.withLock { $0.isPaused = true } }

    /// Delivers what was queued.
    public func resumeReceiving() {
        receiving.withLock { $0.isPaused = false }
        deliver()
    }

    /// Waits until the log can be reached and has everything.
    public func drain(within timeout: Duration) async -> Bool { await outbox.drain(within: timeout) }

    /// Leaves the log.
    public func stop() async { leave() }

    /// Leaves the log, as ``stop()`` does.
    func leave() {
        sending.withLock { $0.hasStopped = true }
        outbox.close()
        clusterStore.leaveNow()
        log.leave(self)
        receiving.withLock {
            $0.receiver = nil
            $0.items = []
        }
    }

    /// The message rate and the peers that the servers of the log share; they have the clock of the process.
    public var store: (any ClusterStore)? { clusterStore }

    /// The state and the counters.
    public var status: BackplaneStatus {
        var status = BackplaneStatus()
        receiving.withLock { receiving in
            guard let inbox = receiving.inbox else { return }
            status.counters = inbox.counters
            status.servers = inbox.aliveServers(at: 0)
        }
        outbox.report(to: &status)
        let isReachable = log.isReachable
        sending.withLock { sending in
            if sending.hasStopped {
                status.state = .stopped
            } else if sending.fingerprint != nil {
                status.state = isReachable ? .up : .degraded
                status.problem = isReachable ? nil : "the log in memory was made unreachable"
            }
        }
        return status
    }

    private var isRunning: Bool { sending.withLock { $0.fingerprint != nil && !$0.hasStopped } }

    func reachabilityChanged(_ isReachable: Bool) {
        enqueue(.event(isReachable ? .connected("memory") : .disconnected("the log in memory was made unreachable")))
        send()
        if isReachable, hasBeenUnreachable.exchange(false, ordering: .relaxed) { enqueue(.event(.recovered)) }
        if !isReachable { hasBeenUnreachable.store(true, ordering: .relaxed) }
        deliver()
    }

    // MARK: Sending

    /// Appends the queued blocks to the log.
    private func send() {
        var members: [InMemoryBackplane] = []
        var releases = false
        // One thread at a time, so that entries keep their order.
        sending.withLock { sending in
            guard let fingerprint = sending.fingerprint, !sending.hasStopped else { return }
            outbox.requestWakeup()
            while let entry = outbox.update({ $0.takeEntry(at: 0) }).result {
                guard let reached = log.append(entry.encoded(fingerprint, sending.incarnation)) else {
                    _ = outbox.update { $0.loseConnection() }
                    return
                }
                members = reached
                if outbox.update({ $0.acknowledge(at: 0) }).releasesPublishers { releases = true }
            }
        }
        if releases { enqueue(.release) }
        for member in members { member.deliver() }
        if releases { deliver() }
    }

    // MARK: Receiving

    func enqueue(_ item: Item) { receiving.withLock { $0.items.append(item) } }

    /// Delivers what is queued, unless another thread does so, or a call further out on this one.
    private func deliver() {
        while let (receiver, item) = nextItem() {
            switch item {
            case .entry(let bytes): deliver(bytes, to: receiver)
            case .release: receiver.releasePublishers()
            case .event(let event): receiver.backplaneChanged(event)
            }
            receiving.withLock { $0.isDelivering = false }
        }
    }

    private func nextItem() -> (any BackplaneReceiver, Item)? {
        receiving.withLock { receiving in
            guard !receiving.isDelivering, !receiving.isPaused, let receiver = receiving.receiver,
                let item = receiving.items.popFirst()
            else { return nil }
            receiving.isDelivering = true
            return (receiver, item)
        }
    }

    private func deliver(_ bytes: Bytes, to receiver: any BackplaneReceiver) {
        let (published, sent) = outbox.read { ($0.next, $0.sentEntries) }
        let delivery = receiving.withLock {
            $0.inbox?.take(bytes, at: 0, published: published, sent: sent)
        }
        guard let delivery else { return }
        if delivery.missed > 0 { receiver.backplaneChanged(.missed(delivery.missed, from: delivery.server)) }
        for block in delivery.blocks { receiver.received(block, from: delivery.server) }
    }
}
