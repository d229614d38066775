#if NATS
internal import CLinux
internal import Dispatch
internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import Synchronization

/// Wakes the writer's thread when there may be something to send.
final class WriterWaker: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wake() { semaphore.signal() }

    /// Waits until the next call of ``wake()``, or until the time is over.
    func wait(atMost time: Duration) { _ = semaphore.wait(timeout: .now() + .milliseconds(Int(time.milliseconds))) }
}

/// The connection, the state and the receiver, which the two threads of a backplane share.
///
/// Any thread may call its methods.
final class NATSLogClient: Sendable {
    /// The interval in which the threads check the time and the connection.
    static let tickInterval = Duration.milliseconds(250)

    let configuration: NATSBackplaneConfiguration
    let fingerprint: ProtocolFingerprint
    let incarnation = ServerIncarnation.random()
    let startOutcome = StartOutcome()
    let outbox: Outbox
    let writerWaker: WriterWaker
    let attempts = ConnectionAttempts()
    private let readerWaker = DispatchSemaphore(value: 0)

    private struct State {
        /// The connection whose stream is not known yet.
        var dialed: NATSConnection?
        var connection: NATSConnection?
        var stream: NATSConnection.Stream?
        var failure: NATSFailure?
        /// The sequence number of the last entry that NATS has acknowledged on this connection.
        var acknowledged: UInt64?
        /// The sequence number of the last entry that this server has read on this connection.
        var read: UInt64?
        /// Whether this server has written an entry and has read it on this connection.
        var isProven = false
        /// Whether NATS has acknowledged an entry since the last failure.
        var hasAcknowledged = false
        /// Whether a problem was reported whose end has not been reported yet.
        var hasReportedProblem = false
        /// Whether a disconnection was reported since the last connection was made.
        var hasReportedDisconnection = false
        var readPosition = LogPosition.start
        var isPaused = false
        var hasStarted = false
        var hasStopped = false
        var startDeadline: UInt64?
        var liveThreads = 0
        var stopContinuation: CheckedContinuation<Void, Never>?
        // The parts of the status:
        var state = BackplaneStatus.State.starting
        var roundTrip: Duration?
        var servers = 0
        var disconnections: UInt64 = 0
        var counters = BackplaneStatus.Counters()
    }

    private let state = Mutex(State())
    /// Held while a method of the receiver runs: both threads call it, one at a time.
    private let receiver: Mutex<any BackplaneReceiver>

    init(
        _ configuration: NATSBackplaneConfiguration,
        _ fingerprint: ProtocolFingerprint,
        _ outbox: Outbox,
        _ receiver: any BackplaneReceiver,
        _ writerWaker: WriterWaker
    ) {
        self.configuration = configuration
        self.fingerprint = fingerprint
        self.outbox = outbox
        self.receiver = Mutex(receiver)
        self.writerWaker = writerWaker
    }

    /// The time of a clock that never goes back, in nanoseconds.
    static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    // MARK: Start and stop

    /// Begins to connect.
    ///
    /// ``startOutcome`` succeeds when the log can be used.
    func start() {
        let timeout = UInt64(clamping: configuration.startTimeout.milliseconds) &* 1_000_000
        state.withLock { $0.startDeadline = Self.now &+ timeout }
        outbox.open()
        run { NATSLogReader($0).run() }
        run { NATSLogWriter($0).run() }
    }

    /// Ends both threads.
    func stop() async {
        let (dialed, connection) = state.withLock { state in
            state.hasStopped = true
            state.state = .stopped
            return (state.dialed, state.connection)
        }
        attempts.stop()
        dialed?.close()
        connection?.close()
        startOutcome.finish(.failure(NATSFailure.stopped.backplaneError))
        writerWaker.wake()
        readerWaker.signal()
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.liveThreads == 0 { return true }
                state.stopContinuation = continuation
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }

    var hasStopped: Bool { state.withLock { $0.hasStopped } }

    /// A thread's work, which ends when the client has stopped.
    private final class Work {
        let client: NATSLogClient
        let body: (NATSLogClient) -> Void

        init(_ client: NATSLogClient, _ body: @escaping (NATSLogClient) -> Void) {
            self.client = client
            self.body = body
        }
    }

    private func run(_ body: @escaping @Sendable (NATSLogClient) -> Void) {
        let mayRun = state.withLock { state in
            if state.hasStopped { return false }
            state.liveThreads += 1
            return true
        }
        guard mayRun else { return }
        let work = unsafe Unmanaged.passRetained(Work(self, body))
        let result = unsafe linux_start_thread(
            { context in
                guard let context = unsafe context else { return }
                let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                work.body(work.client)
                work.client.threadHasEnded()
            },
            unsafe work.toOpaque()
        )
        guard result < 0 else { return }
        unsafe work.release()
        threadHasEnded()
        startOutcome.finish(
            .failure(BackplaneError(.unreachable, "no thread can be started for the backplane (errno \(-result))"))
        )
    }

    private func threadHasEnded() {
        let continuation = state.withLock { state in
            state.liveThreads -= 1
            return state.liveThreads == 0 ? state.stopContinuation.take() : nil
        }
        continuation?.resume()
    }

    // MARK: The receiver

    /// Calls the receiver, unless the backplane has stopped.
    func tell(_ body: (any BackplaneReceiver) -> Void) {
        receiver.withLock { if !hasStopped { body($0) } }
    }

    /// Changes the log of queued blocks, and releases publishers that need not be held any longer.
    @discardableResult
    func update<Result: Sendable>(_ body: (inout PendingLog) -> Result) -> Result {
        let (result, releasesPublishers) = outbox.update(body)
        if releasesPublishers { tell { $0.releasePublishers() } }
        return result
    }

    // MARK: The connection

    /// The connection and its stream, while there is one.
    var connection: (NATSConnection, NATSConnection.Stream)? {
        state.withLock { state in
            guard let connection = state.connection, let stream = state.stream else { return nil }
            return (connection, stream)
        }
    }

    /// The writer has a connection, and looks its stream up.
    func noteDialed(_ connection: NATSConnection) {
        state.withLock { state in
            state.dialed = connection
            // A stop before this call has closed no connection.
            if state.hasStopped { connection.close() }
        }
    }

    /// The writer has a connection and its stream.
    func adopt(_ connection: NATSConnection, _ stream: NATSConnection.Stream) {
        state.withLock { state in
            state.dialed = nil
            state.connection = connection
            state.stream = stream
            state.acknowledged = nil
            state.read = nil
            state.isProven = false
            state.hasReportedDisconnection = false
            // A stop before this call has closed no connection.
            if state.hasStopped { connection.close() }
        }
        refresh()
        tell { $0.backplaneChanged(.connected(connection.address)) }
        if let warning = stream.warning { tell { $0.backplaneChanged(.warning(warning)) } }
        readerWaker.signal()
    }

    /// Notes that the connection is lost, or that an attempt to connect has failed.
    func lose(_ failure: NATSFailure) {
        state.withLock { state in
            if state.connection != nil { state.disconnections &+= 1 }
            state.dialed = nil
            state.connection = nil
            state.stream = nil
        }
        failed(failure)
    }

    /// Notes that the connection is lost or cannot be made, or that NATS has rejected an entry.
    func failed(_ failure: NATSFailure) {
        let isReported = state.withLock { state in
            state.hasAcknowledged = false
            defer { state.failure = failure }
            if failure.isRejection {
                // The start throws permanent failures.
                return state.failure == failure || !state.hasStarted && failure.isPermanent
            }
            // An outage is one disconnection, however many attempts to connect fail.
            defer { state.hasReportedDisconnection = true }
            return state.hasReportedDisconnection
        }
        refresh()
        if !isReported {
            report(failure.isRejection ? .rejected(failure.description) : .disconnected(failure.description))
        }
        if failure.isPermanent { startOutcome.finish(.failure(failure.backplaneError)) }
        giveUpStartIfOverdue()
    }

    /// Tells the receiver of a problem, whose end is an event too.
    func report(_ problem: BackplaneEvent) {
        state.withLock { $0.hasReportedProblem = true }
        tell { $0.backplaneChanged(problem) }
    }

    /// NATS has acknowledged an entry.
    func noteAcknowledgement(_ sequence: UInt64, roundTrip: UInt64) {
        state.withLock { state in
            state.acknowledged = sequence
            state.roundTrip = .nanoseconds(Int64(clamping: roundTrip))
            state.hasAcknowledged = true
        }
        proceed()
    }

    /// The sequence number of an own entry that the reader should have read by now.
    var acknowledged: UInt64? { state.withLock { $0.acknowledged } }

    /// The reader has read up to this position.
    func noteRead(_ position: LogPosition) {
        let mayProceed = state.withLock { state in
            state.readPosition = position
            state.read = position.low
            return !state.isProven
        }
        if mayProceed { proceed() }
    }

    /// Updates the state, and ends the start when this server has written an entry and has read it.
    private func proceed() {
        refresh()
        if state.withLock({ $0.hasStarted }) { startOutcome.finish(.success(())) }
    }

    private func refresh() {
        let isDegraded = outbox.read { $0.isDegraded }
        let hasRecovered = state.withLock { state in
            // The acknowledgement and the entry arrive in any order.
            if let acknowledged = state.acknowledged, let read = state.read, read >= acknowledged {
                state.isProven = true
            }
            if state.isProven, state.hasAcknowledged { state.failure = nil }
            if state.isProven, state.failure == nil { state.hasStarted = true }
            let isUp = state.connection != nil && state.isProven && state.failure == nil && !isDegraded
            state.state = state.hasStopped ? .stopped : !state.hasStarted ? .starting : isUp ? .up : .degraded
            guard state.state == .up, state.hasReportedProblem else { return false }
            state.hasReportedProblem = false
            return true
        }
        if hasRecovered { tell { $0.backplaneChanged(.recovered) } }
    }

    /// Fails the start after its timeout, as soon as an attempt to connect has failed: each attempt has a timeout of its own.
    private func giveUpStartIfOverdue() {
        let now = Self.now
        let reason = state.withLock { state -> NATSFailure? in
            guard let deadline = state.startDeadline, now >= deadline else { return nil }
            return state.failure
        }
        guard let reason else { return }
        startOutcome.finish(
            .failure(BackplaneError(.unreachable, "the backplane could not be started in time: \(reason)"))
        )
    }

    // MARK: The reader

    /// Whether the reader delivers entries.
    var isReceiving: Bool { state.withLock { !$0.isPaused } }

    func setReceiving(_ isReceiving: Bool) {
        state.withLock { $0.isPaused = !isReceiving }
        readerWaker.signal()
    }

    /// Waits until the reader may have something to do.
    func waitAsReader() { _ = readerWaker.wait(timeout: .now() + .milliseconds(Int(Self.tickInterval.milliseconds))) }

    /// The position up to which this server has read the log.
    var readPosition: LogPosition { state.withLock { $0.readPosition } }

    func noteCounters(_ counters: BackplaneStatus.Counters, servers: Int? = nil) {
        state.withLock { state in
            state.counters = counters
            if let servers { state.servers = servers }
        }
    }

    /// Updates the state; call this method several times a second.
    func tick() {
        refresh()
        giveUpStartIfOverdue()
    }

    // MARK: The status

    var status: BackplaneStatus {
        var status = BackplaneStatus()
        state.withLock { state in
            status.state = state.state
            let needsProblem = state.state != .up && state.state != .stopped
            status.problem = needsProblem ? state.failure?.description : nil
            status.roundTrip = state.roundTrip
            status.servers = state.servers
            status.counters = state.counters
            status.counters.disconnections = state.disconnections
        }
        outbox.report(to: &status)
        return status
    }
}
#endif
