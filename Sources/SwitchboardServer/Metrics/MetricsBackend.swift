internal import CoreMetrics
internal import SwitchboardRouter
internal import Synchronization

/// The counters and timers of a server in the metrics backend of the program.
///
/// The servers of one program share them: counts and gauges add up. Metrics with known labels exist from the start, so
/// that they show zeros and not gaps.
final class MetricsBackend: Sendable {
    let factory: any MetricsFactory
    private let connections: SharedGauge
    let accepted: Counter
    private let acceptFailures: Counter
    let refused: LabelledCounters<RefusalReason>
    let closed: LabelledCounters<DisconnectReason>
    /// The counters of checks of credentials, by whether they were accepted.
    let authentications: LabelledCounters<Bool>
    /// The counters of faults; `nil` stands for errors of a protocol that are not a ``Fault``.
    let faults: LabelledCounters<Fault?>
    private let readyServers: SharedGauge
    private let connectionLimit: SharedGauge
    private let pendingOutput: SharedGauge
    private let gauges = Mutex(())
    let loopLag: Timer
    private let loopHangs: Counter

    // The counters and timers below are in the order of metric indexes.

    let receivedMessages: [Counter]
    let receivedBytes: [Counter]
    let sentMessages: [Counter]
    let sentBytes: [Counter]
    let rateLimited: [Counter]
    let handlerDurations: [Timer]
    let suspendedHandlers: [SharedGauge]

    init(_ indexes: MetricIndexes, factory: any MetricsFactory) {
        func counters(_ metric: ServerMetric) -> [Counter] {
            indexes.names.map { Counter(label: metric.rawValue, dimensions: [("message", $0)], factory: factory) }
        }
        self.factory = factory
        connections = SharedGauge(.connections, factory)
        accepted = Counter(label: ServerMetric.acceptedConnections.rawValue, factory: factory)
        acceptFailures = Counter(label: ServerMetric.acceptFailures.rawValue, factory: factory)
        refused = LabelledCounters(.refusedConnections, "reason", RefusalReason.allCases, factory) { $0.rawValue }
        closed = LabelledCounters(.closedConnections, "reason", DisconnectReason.all, factory) { $0.name }
        authentications = LabelledCounters(.authentications, "result", [true, false], factory) {
            $0 ? "accepted" : "refused"
        }
        faults = LabelledCounters(.faults, "fault", Fault.allCases + [nil], factory) { $0?.rawValue ?? "other" }
        readyServers = SharedGauge(.readyServers, factory)
        connectionLimit = SharedGauge(.connectionLimit, factory)
        pendingOutput = SharedGauge(.pendingOutput, factory)
        loopHangs = Counter(label: ServerMetric.loopHangs.rawValue, factory: factory)
        loopLag = Timer(label: ServerMetric.loopLag.rawValue, factory: factory)
        receivedMessages = counters(.receivedMessages)
        receivedBytes = counters(.receivedBytes)
        sentMessages = counters(.sentMessages)
        sentBytes = counters(.sentBytes)
        rateLimited = counters(.rateLimitedMessages)
        suspendedHandlers = indexes.names.map {
            SharedGauge(.suspendedHandlers, factory, dimensions: [("message", $0)])
        }
        handlerDurations = indexes.names.map {
            Timer(
                label: ServerMetric.handlerDuration.rawValue,
                dimensions: [("message", $0)],
                factory: factory
            )
        }
    }

    /// Sets this server's part of the open connections to the number that `read` returns.
    ///
    /// Only one thread at a time reads and sets the number, so that the last number set is the last number read.
    func setConnections(_ read: () -> Int) {
        gauges.withLock { _ in connections.set(read()) }
    }

    /// Changes the pending output of the server; any thread may call this method.
    func addPendingOutput(_ change: Int) { pendingOutput.add(change) }

    /// Notes whether the server accepts connections, and how many; any thread may call this method.
    func setReady(_ isReady: Bool, connectionLimit limit: Int) {
        readyServers.set(isReady ? 1 : 0)
        connectionLimit.set(limit)
    }

    /// Counts a failed attempt to accept a connection; any thread may call this method.
    func countAcceptFailure() { acceptFailures.increment() }

    /// Counts a refused connection; any thread may call this method.
    func countRefusal(_ reason: RefusalReason) {
        refused.add(1, reason)
    }

    /// Counts an event loop that hangs; any thread may call this method.
    func countHang() { loopHangs.increment() }
}

/// A counter for each value of a label.
struct LabelledCounters<Value: Hashable & Sendable>: Sendable {
    private let counters: [Value: Counter]

    /// - Parameter name: The name of a value in the metrics backend.
    init(
        _ metric: ServerMetric,
        _ label: String,
        _ values: [Value],
        _ factory: any MetricsFactory,
        _ name: (Value) -> String
    ) {
        counters = Dictionary(
            values.map { value in
                (value, Counter(label: metric.rawValue, dimensions: [(label, name(value))], factory: factory))
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Adds the counts by value, and removes them from `counts`.
    func add(_ counts: inout SmallTable<Value, Int>) {
        for (value, count) in counts.entries { add(count, value) }
        counts.removeAll()
    }

    /// Adds to the count of one value.
    func add(_ count: Int, _ value: Value) { counters[value]?.add(count) }
}

/// One server's part of a gauge that all servers of a program share.
///
/// It reports changes of the part to the backend, so that the parts add up. It removes the part when the server is
/// released.
final class SharedGauge: Sendable {
    private let meter: Meter
    private let part = Mutex(0)

    init(_ metric: ServerMetric, _ factory: any MetricsFactory, dimensions: [(String, String)] = []) {
        meter = Meter(label: metric.rawValue, dimensions: dimensions, factory: factory)
        // Some backends do not show a gauge before its first change.
        meter.increment(by: 0.0)
    }

    deinit { set(0) }

    /// Changes the part of this server to a value; any thread may call this method.
    func set(_ new: Int) { change { $0 = new } }

    /// Changes the part of this server by a number, and does nothing for 0; any thread may call this method.
    func add(_ number: Int) {
        if number != 0 { change { $0 += number } }
    }

    private func change(_ body: (inout Int) -> Void) {
        part.withLock { part in
            let old = part
            body(&part)
            if part > old { meter.increment(by: Double(part - old)) }
            if part < old { meter.decrement(by: Double(old - part)) }
        }
    }
}

extension Counter {
    /// Adds `count` unless it is 0, because the backend may take a lock.
    func add(_ count: Int) {
        if count > 0 { increment(by: count) }
    }
}
