internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import Synchronization

/// The state that the two connections of a backplane share, and the calls of the receiver.
///
/// All methods are called on the backplane's event loop, except those that any thread may call.
final class RedisLogClient: @unchecked Sendable {
    /// The one field of an entry in the stream.
    static let fieldName: Bytes = "e"

    /// The interval of the checks for entries to send again, for holds that last too long, and for idle connections.
    private static let tickInterval = Duration.milliseconds(250)

    /// The longest time for which `XREAD` waits for an entry, in milliseconds.
    private static let maximumBlockMilliseconds = 1000

    let loop: EventLoop
    let outbox: Outbox
    let dialer: RedisDialer
    let key: Bytes
    let fingerprint: ProtocolFingerprint
    let incarnation = ServerIncarnation.random()
    let startOutcome = StartOutcome()
    /// The time for which `XREAD` waits for an entry: shorter than the reply timeout.
    let blockMilliseconds: Int
    private let receiver: any BackplaneReceiver

    /// The state that other threads may read.
    private struct Snapshot {
        var state = BackplaneStatus.State.starting
        var problem: String?
        var roundTrip: Duration?
        var servers = 0
        var disconnections: UInt64 = 0
        var counters = BackplaneStatus.Counters()
    }

    private let snapshot = Mutex(Snapshot())

    // The following properties are used on the event loop only.

    var retention: LogRetention
    var inbox: Inbox
    private lazy var writer = RedisLogWriter(self)
    private lazy var reader = RedisLogReader(self)
    private let tick = Deadline()
    private let startDeadline = Deadline()
    private var isStartOverdue = false
    private var hasStarted = false
    private var hasStopped = false
    /// Whether a problem was reported whose end has not been reported yet.
    private var hasReportedProblem = false
    /// Whether a disconnection was reported since both connections were last open.
    private var hasReportedDisconnection = false
    private var hasReportedConflict = false

    /// - Throws: A `BackplaneError` when the settings of TLS cannot be used.
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

    /// Begins to connect.
    ///
    /// ``startOutcome`` succeeds when the log can be used.
    func start(within timeout: Duration) {
        loop.execute { self.startNow(within: timeout) }
    }

    func stop() {
        loop.execute { self.stopNow() }
    }

    /// Sends the entries of the outbox.
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
        outbox.report(to: &status)
        return status
    }

    // MARK: Start and stop

    private func startNow(within timeout: Duration) {
        if hasStopped { return }
        startDeadline.start(in: loop.deadlines(lasting: timeout), delegate: self)
        tick.start(in: loop.deadlines(lasting: Self.tickInterval), delegate: self)
        update { [limit = retention.unreadLimit(servers: 1)] in $0.limitUnread(to: limit) }
        outbox.open()
        reader.link.start()
        writer.link.start()
    }

    private func finishStart(_ result: Result<Void, any Error>) {
        startDeadline.cancel()
        startOutcome.finish(result)
    }

    private func stopNow() {
        hasStopped = true
        snapshot.withLock { $0.state = .stopped }
        writer.link.stop()
        reader.link.stop()
        tick.cancel()
        finishStart(.failure(RedisFailure.stopped.backplaneError))
    }

    /// Fails the start as soon as an attempt to connect has failed: each attempt has a timeout of its own.
    private func startTimedOut() {
        isStartOverdue = true
        guard let reason = failure?.description else { return }
        finishStart(.failure(BackplaneError(.unreachable, "the backplane could not be started in time: \(reason)")))
    }

    /// The failure of a connection; `nil` while both work.
    private var failure: RedisFailure? { writer.link.failure ?? reader.link.failure }

    // MARK: Events of the connections

    /// Changes the log of queued blocks, and releases publishers that need not be held any longer.
    @discardableResult
    func update<Result: Sendable>(_ body: (inout PendingLog) -> Result) -> Result {
        let (result, releasesPublishers) = outbox.update(body)
        if releasesPublishers { receiver.releasePublishers() }
        return result
    }

    func writerConnected(_ connection: RedisConnection) {
        if !check(connection) { return }
        receiver.backplaneChanged(.connected(connection.address))
        reader.link.drop(unlessServerIsThatOf: connection)
        noteConnections()
        refresh()
    }

    func readerConnected(_ connection: RedisConnection) {
        writer.link.drop(unlessServerIsThatOf: connection)
        // A rejection is over when a command succeeds.
        if reader.link.failure?.isRejection != true { reader.link.failure = nil }
        noteConnections()
        refresh()
    }

    /// Notes that a connection has closed or cannot be made, or that Redis has rejected a command.
    func failed(_ failure: RedisFailure, on link: RedisLink) {
        if failure.breaksConnection { snapshot.withLock { $0.disconnections &+= 1 } }
        let isReported = isReported(failure)
        link.failure = failure
        refresh()
        // A failure that ends the start is the error of the start.
        if !isReported, hasStarted || !failure.isPermanent {
            report(failure.isRejection ? .rejected(failure.description) : .disconnected(failure.description))
        }
        if failure.isPermanent { finishStart(.failure(failure.backplaneError)) }
        if isStartOverdue { startTimedOut() }
    }

    /// Whether the receiver knows of a failure already.
    ///
    /// An outage is one disconnection: it breaks both connections, and then the attempts to connect.
    private func isReported(_ failure: RedisFailure) -> Bool {
        if !failure.isRejection, !failure.isPermanent { return hasReportedDisconnection }
        return failure == writer.link.failure || failure == reader.link.failure
    }

    /// Ends the disconnection when both connections are open.
    private func noteConnections() {
        if isConnected { hasReportedDisconnection = false }
    }

    private var isConnected: Bool { writer.link.connection != nil && reader.link.connection != nil }

    /// Notes that Redis has acknowledged an entry.
    func appended(roundTrip: UInt64) {
        snapshot.withLock { $0.roundTrip = .nanoseconds(Int64(clamping: roundTrip)) }
        succeeded(on: writer.link)
    }

    /// Notes that Redis has replied to `XREAD`.
    func hasRead() {
        if reader.link.failure != nil || !hasStarted { succeeded(on: reader.link) }
    }

    private func succeeded(on link: RedisLink) {
        link.failure = nil
        let starts = !hasStarted && writer.hasAppended && reader.hasRead
        if starts { hasStarted = true }
        refresh()
        if starts { finishStart(.success(())) }
    }

    /// Tells the receiver of a problem, whose end is an event too.
    private func report(_ problem: BackplaneEvent) {
        hasReportedProblem = true
        if case .disconnected = problem { hasReportedDisconnection = true }
        receiver.backplaneChanged(problem)
    }

    /// Checks the settings of Redis that may make it lose the log; returns whether the log can be used.
    private func check(_ connection: RedisConnection) -> Bool {
        let address = connection.address
        if connection.info.isTooOld, !hasStarted {
            let text = "its version is older than 6.2: use Redis 6.2 or later, or Valkey"
            finishStart(.failure(RedisFailure.unusable(text, address: address).backplaneError))
            return false
        }
        guard connection.info.mayEvictLog else { return true }
        let text =
            "its maxmemory-policy is \(connection.info.evictionPolicy): it evicts the log when its memory is full. Set maxmemory-policy to "
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
        let isUp = hasStarted && !hasStopped && isConnected && failure == nil && !isDegraded
        let problem = isUp ? nil : failure?.description
        let state: BackplaneStatus.State = hasStopped ? .stopped : !hasStarted ? .starting : isUp ? .up : .degraded
        snapshot.withLock {
            $0.state = state
            $0.problem = problem
        }
        if isUp, hasReportedProblem {
            hasReportedProblem = false
            receiver.backplaneChanged(.recovered)
        }
    }

    // MARK: The pace of readers

    /// The position up to which this server has read the log.
    var readPosition: LogPosition { reader.position.last?.position ?? .start }

    /// Notes that this server has read `bytes` of entries.
    ///
    /// It may now send blocks that waited for that, or an entry with its position.
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
        // Before the delivery, so that a receiver that reads the status finds its blocks counted.
        let counters = inbox.counters
        snapshot.withLock { $0.counters = counters }
        if delivery.hasConflict, !hasReportedConflict {
            hasReportedConflict = true
            receiver.backplaneChanged(.incarnationConflict)
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
        let limit = retention.unreadLimit(servers: servers + 1)
        let (events, releasesPublishers) = outbox.tick(at: now, unreadLimit: limit)
        let counters = inbox.counters
        snapshot.withLock {
            $0.servers = servers
            $0.counters = counters
        }
        // Before the receiver is told, so that a receiver that reads the status finds what the events say.
        refresh()
        for event in events {
            if event == .degraded { report(event) } else { receiver.backplaneChanged(event) }
        }
        if releasesPublishers { receiver.releasePublishers() }
        writer.retry()
        reader.ping()
    }
}
