internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import Synchronization

/// What the two connections of a backplane have in common: the state that they change, and who is told.
///
/// It lives on the backplane's loop, where all its methods are called, unless they say something else.
final class RedisLogClient: @unchecked Sendable {
    /// The one field of an entry in the stream.
    static let fieldName: Bytes = "e"

    /// How often it is looked whether something is to be sent again, was held for too long, or is idle.
    private static let tickInterval = Duration.milliseconds(250)

    /// How long Redis waits for an entry before it says that there is none, in milliseconds.
    private static let maximumBlockMilliseconds = 1000

    let loop: EventLoop
    let outbox: Outbox
    let dialer: RedisDialer
    let key: Bytes
    let fingerprint: ProtocolFingerprint
    let incarnation = ServerIncarnation.random()
    /// Shorter than the time after which Redis is found to be silent.
    let blockMilliseconds: Int
    private let receiver: any BackplaneReceiver

    /// What other threads may look at.
    private struct Snapshot {
        var state = BackplaneStatus.State.starting
        var problem: String?
        var roundTrip: Duration?
        var servers = 0
        var disconnections: UInt64 = 0
        var counters = BackplaneStatus.Counters()
    }

    private let snapshot = Mutex(Snapshot())

    // All that follows is touched on the loop only.

    var retention: LogRetention
    var inbox: Inbox
    private lazy var writer = RedisLogWriter(self)
    private lazy var reader = RedisLogReader(self)
    private let tick = Deadline()
    private let startDeadline = Deadline()
    private var startContinuation: CheckedContinuation<Void, any Error>?
    private var isStartOverdue = false
    private var hasStarted = false
    private var hasStopped = false
    private var writerFailure: RedisFailure?
    private var readerFailure: RedisFailure?
    private var wasDegraded = false
    private var reportedDrops: UInt64 = 0
    private var hasReportedTheft = false

    /// - Throws: A `BackplaneError` when TLS cannot be spoken as the configuration says.
    init(
        _ configuration: RedisBackplaneConfiguration,
        _ fingerprint: ProtocolFingerprint,
        _ outbox: Outbox,
        _ receiver: any BackplaneReceiver,
        on loop: EventLoop
    ) throws(BackplaneError) {
        var tls: TLSConnector?
        if configuration.url.usesTLS {
            do throws(TLSError) { tls = try TLSConnector(configuration.tls) } catch {
                throw BackplaneError(.invalidConfiguration, "TLS for Redis cannot be used: \(error)")
            }
        }
        dialer = RedisDialer(
            configuration.url,
            on: loop,
            tls: tls,
            connectTimeout: configuration.connectTimeout,
            replyTimeout: configuration.replyTimeout,
            clientName: configuration.clientName
        )
        let silence = Int(min(configuration.replyTimeout, .seconds(3600)) / .milliseconds(1))
        blockMilliseconds = min(Self.maximumBlockMilliseconds, max(silence / 3, 1))
        self.loop = loop
        self.outbox = outbox
        self.fingerprint = fingerprint
        self.receiver = receiver
        key = Bytes(utf8: configuration.key)
        retention = LogRetention(bytes: configuration.retentionBytes)
        inbox = Inbox(fingerprint, own: incarnation)
    }

    // MARK: From any thread

    /// Connects, and returns when the log can be used.
    func start(within timeout: Duration) async throws {
        try await withCheckedThrowingContinuation { continuation in
            loop.execute { self.start(within: timeout, continuation) }
        }
    }

    func cancelStart() {
        loop.execute { self.finishStart(.failure(CancellationError())) }
    }

    func stop() {
        loop.execute { self.stopNow() }
    }

    /// Looks at the outbox.
    func send() {
        loop.execute { self.writer.send() }
    }

    func setReceiving(_ isReceiving: Bool) {
        loop.execute { self.reader.setReceiving(isReceiving) }
    }

    var status: BackplaneStatus {
        var status = BackplaneStatus()
        snapshot.withLock { snapshot in
            status.state = snapshot.state
            status.problem = snapshot.problem
            status.roundTrip = snapshot.roundTrip
            status.servers = snapshot.servers
            status.counters = snapshot.counters
            status.counters.disconnections = snapshot.disconnections
        }
        outbox.read { log in
            status.counters.published = log.next
            status.counters.dropped = log.dropped
            status.counters.rejections = log.rejections
            status.waitingBlocks = log.waitingBlocks
            status.waitingBytes = log.waitingBytes
            status.holdsPublishers = log.holdsPublishers
        }
        return status
    }

    // MARK: Start and stop

    private func start(within timeout: Duration, _ continuation: CheckedContinuation<Void, any Error>) {
        guard !hasStopped else { return continuation.resume(throwing: RedisFailure.stopped.backplaneError) }
        startContinuation = continuation
        startDeadline.start(in: loop.deadlines(lasting: timeout), delegate: self)
        tick.start(in: loop.deadlines(lasting: Self.tickInterval), delegate: self)
        limitUnread(servers: 1)
        outbox.open()
        reader.start()
        writer.start()
    }

    private func finishStart(_ result: Result<Void, any Error>) {
        guard let continuation = startContinuation.take() else { return }
        startDeadline.cancel()
        continuation.resume(with: result)
    }

    private func stopNow() {
        hasStopped = true
        snapshot.withLock { $0.state = .stopped }
        writer.stop()
        reader.stop()
        tick.cancel()
        finishStart(.failure(RedisFailure.stopped.backplaneError))
    }

    /// Gives up the start, as soon as there is a reason to tell: each attempt to connect has a time limit of its own.
    private func startTimedOut() {
        isStartOverdue = true
        guard let reason = (writerFailure ?? readerFailure)?.description else { return }
        finishStart(.failure(BackplaneError(.unreachable, "the backplane could not be started in time: \(reason)")))
    }

    // MARK: What the connections report

    /// Changes the log of queued blocks, and releases publishers if that is due.
    @discardableResult
    func update<Result: Sendable>(_ body: (inout PendingLog) -> Result) -> Result {
        let (result, releasesPublishers) = outbox.update(body)
        if releasesPublishers { receiver.releasePublishers() }
        return result
    }

    func writerConnected(_ connection: RedisConnection, _ info: RedisServerInfo) {
        if !check(info, connection.address) { return }
        receiver.backplaneChanged(.connected(connection.address))
        // After a failover both must use the same server.
        if let runID = reader.runID, reader.isConnected, info.runID != nil, info.runID != runID {
            reader.drop(.closed("another server has taken over", address: connection.address))
        }
        refresh()
    }

    func readerConnected(_ connection: RedisConnection, _ info: RedisServerInfo) {
        if let runID = writer.runID, writer.isConnected, info.runID != nil, info.runID != runID {
            writer.drop(.closed("another server has taken over", address: connection.address))
        }
        readerFailure = nil
        refresh()
    }

    func writerFailed(_ failure: RedisFailure) {
        let before = writerFailure
        writerFailure = failure
        failed(failure, before: before)
    }

    func readerFailed(_ failure: RedisFailure) {
        let before = readerFailure
        readerFailure = failure
        failed(failure, before: before)
    }

    private func failed(_ failure: RedisFailure, before: RedisFailure?) {
        if failure.breaksConnection { snapshot.withLock { $0.disconnections &+= 1 } }
        refresh()
        // Attempts that fail as the last one did are no news. A failure that ends the start is its error.
        if before != failure, hasStarted || !failure.isPermanent {
            receiver.backplaneChanged(.disconnected(failure.description))
        }
        if failure.isPermanent { finishStart(.failure(failure.backplaneError)) }
        if isStartOverdue { startTimedOut() }
    }

    func appended(roundTrip: UInt64) {
        writerFailure = nil
        snapshot.withLock { $0.roundTrip = .nanoseconds(Int64(clamping: roundTrip)) }
        finishStartIfReady()
        refresh()
    }

    func finishStartIfReady() {
        guard !hasStarted, writer.hasAppended, reader.hasRead else { return }
        hasStarted = true
        refresh()
        finishStart(.success(()))
    }

    /// Looks at settings of Redis that endanger the log; returns whether it can be used.
    private func check(_ info: RedisServerInfo, _ address: String) -> Bool {
        if info.isTooOld, !hasStarted {
            let text = "its version is older than 6.2: use Redis 6.2 or later, or Valkey"
            finishStart(.failure(RedisFailure.unusable(text, address: address).backplaneError))
            return false
        }
        guard info.mayEvictLog else { return true }
        let text =
            "its maxmemory-policy is \(info.evictionPolicy): it evicts the log when its memory is full. Set maxmemory-policy to "
            + "noeviction or one that begins with volatile-"
        if hasStarted {
            receiver.backplaneChanged(.warning("Redis at \(address): \(text)"))
            return true
        }
        finishStart(.failure(RedisFailure.unusable(text, address: address).backplaneError))
        return false
    }

    private func refresh() {
        let isDegraded = outbox.read { $0.isDegraded }
        let isUp =
            writer.isConnected && reader.isConnected && writerFailure == nil && readerFailure == nil && !isDegraded
        let problem = isUp ? nil : (writerFailure ?? readerFailure)?.description
        let state: BackplaneStatus.State = hasStopped ? .stopped : !hasStarted ? .starting : isUp ? .up : .degraded
        snapshot.withLock {
            $0.state = state
            $0.problem = problem
        }
    }

    // MARK: The pace of readers

    /// The position up to which this server has read the log.
    var readPosition: LogPosition { reader.position.last?.position ?? .start }

    private func limitUnread(servers: Int) {
        let limit = retention.unreadLimit(servers: servers)
        update { $0.limitUnread(to: limit) }
    }

    /// Notes that this server has read `bytes` of entries: it may send blocks that waited for that, or say how far it has read.
    func noteRead(_ bytes: Int) {
        let position = readPosition
        update { [now = loop.now, incarnation] in
            $0.noteOwnRead(bytes, by: incarnation, upTo: position, at: now)
        }
        writer.send()
    }

    // MARK: Entries

    /// Delivers the blocks of an entry.
    func deliver(_ bytes: Bytes) {
        let (published, sent) = outbox.read { ($0.next, $0.sentEntries) }
        let delivery = inbox.take(bytes, at: loop.now, published: published, sent: sent)
        // Before the blocks: who has received one finds it counted.
        let counters = inbox.counters
        snapshot.withLock { $0.counters = counters }
        if delivery.isStolen, !hasReportedTheft {
            hasReportedTheft = true
            receiver.backplaneChanged(.stolenIncarnation)
        }
        if let read = delivery.read {
            update { [now = loop.now] in $0.noteRead(by: delivery.server, upTo: read, at: now) }
        }
        if delivery.missed > 0 { receiver.backplaneChanged(.missed(delivery.missed, from: delivery.server)) }
        for block in delivery.blocks { receiver.received(block, from: delivery.server) }
    }
}

extension RedisLogClient: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) {
        if deadline === startDeadline { return startTimedOut() }
        tick.start(in: loop.deadlines(lasting: Self.tickInterval), delegate: self)
        let now = loop.now
        let servers = inbox.aliveServers(at: now)
        limitUnread(servers: servers + 1)
        let ((isDegraded, dropped), releasesPublishers) = outbox.update { log in
            log.tick(at: now)
            return (log.isDegraded, log.dropped)
        }
        let counters = inbox.counters
        snapshot.withLock {
            $0.servers = servers
            $0.counters = counters
        }
        // Before anybody is told: who then asks for the status finds it as it was told.
        refresh()
        if isDegraded, !wasDegraded { receiver.backplaneChanged(.degraded) }
        wasDegraded = isDegraded
        if releasesPublishers { receiver.releasePublishers() }
        if dropped > reportedDrops { receiver.backplaneChanged(.dropped(dropped - reportedDrops)) }
        reportedDrops = dropped
        writer.retry()
        reader.ping()
    }
}
