internal import CoreMetrics
internal import SwitchboardRouter
internal import Synchronization

/// The counters and timers of a server in the metrics backend of the program.
///
/// Servers of one program that have the same backend share them: counts and gauges add up. All that have a known set of
/// labels exist from the start, so that whoever reads them sees zeros and no gaps.
final class ServerMetrics: Sendable {
    private let connections: SharedGauge
    let accepted: Counter
    private let acceptFailures: Counter
    let refused: LabelledCounters
    let closed: LabelledCounters
    let faults: LabelledCounters
    private let suspendedHandlers: SharedGauge
    private let gauges = Mutex(())
    let loopLag: Timer
    private let loopHangs: Counter

    // By the slots of the messages.

    let receivedMessages: [Counter]
    let receivedBytes: [Counter]
    let sentMessages: [Counter]
    let sentBytes: [Counter]
    let rateLimited: [Counter]
    let handlerDurations: [Timer]

    init(_ slots: MessageSlots, factory: any MetricsFactory) {
        func counters(_ metric: ServerMetric) -> [Counter] {
            slots.names.map { Counter(label: metric.rawValue, dimensions: [("message", $0)], factory: factory) }
        }
        func labelled(_ metric: ServerMetric, _ label: String, _ values: [String]) -> LabelledCounters {
            LabelledCounters(metric, label, values, factory)
        }
        connections = SharedGauge(.connections, factory)
        accepted = Counter(label: ServerMetric.acceptedConnections.rawValue, factory: factory)
        acceptFailures = Counter(label: ServerMetric.acceptFailures.rawValue, factory: factory)
        refused = labelled(.refusedConnections, "reason", RefusalReason.allCases.map { $0.rawValue })
        closed = labelled(.closedConnections, "reason", CloseLabel.all)
        faults = labelled(.faults, "fault", Fault.allCases.map { $0.rawValue })
        suspendedHandlers = SharedGauge(.suspendedHandlers, factory)
        loopHangs = Counter(label: ServerMetric.loopHangs.rawValue, factory: factory)
        loopLag = Timer(label: ServerMetric.loopLag.rawValue, factory: factory)
        receivedMessages = counters(.receivedMessages)
        receivedBytes = counters(.receivedBytes)
        sentMessages = counters(.sentMessages)
        sentBytes = counters(.sentBytes)
        rateLimited = counters(.rateLimitedMessages)
        handlerDurations = slots.names.map {
            Timer(
                label: ServerMetric.handlerDuration.rawValue,
                dimensions: [("message", $0)],
                factory: factory
            )
        }
    }

    /// Sets this server's part of the gauges to what `read` returns, for one thread at a time: whoever sets it last has
    /// read last.
    func setGauges(_ read: () -> (connections: Int, suspendedHandlers: Int)) {
        gauges.withLock { _ in
            let values = read()
            connections.set(values.connections)
            suspendedHandlers.set(values.suspendedHandlers)
        }
    }

    /// Counts an attempt to accept a connection that failed; from any thread.
    func countAcceptFailure() { acceptFailures.increment() }

    /// Counts a connection for which there was no place; from any thread.
    func countRefusal(_ reason: RefusalReason) {
        var counts = [reason.rawValue: 1]
        refused.add(&counts)
    }

    /// Counts an event loop that hangs; from any thread.
    func countHang() { loopHangs.increment() }
}

extension Counter {
    /// Adds `count`, if it is not 0: the backend may take a lock for it.
    func add(_ count: Int) {
        if count > 0 { increment(by: count) }
    }
}
