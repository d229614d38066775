internal import CoreMetrics
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// The counts of one event loop: plain numbers, which the loop hands to the metrics backend twice a
/// second.
///
/// Only this event loop uses it.
final class WorkerMetrics {
    private let indexes: MetricIndexes
    /// Counts messages.
    let messages: MessageCounters

    private var faults = SmallTable<Fault?, Int>()
    @safe @exclusivity(unchecked) private var closes = SmallTable<DisconnectReason, Int>()
    private var refusals = SmallTable<RefusalReason, Int>()
    /// The checks of credentials, by whether they were accepted.
    private var authentications = SmallTable<Bool, Int>()
    @safe @exclusivity(unchecked) private var accepted = 0
    private var lags: [Int64] = []
    /// The pending output of the event loop that was handed over last, in bytes.
    private var pendingOutput = 0

    /// The maximum number of ticks whose lag is kept between two hand-overs.
    private static let maximumLags = 64

    init(_ core: ServerCore) {
        indexes = core.metricIndexes
        messages = MessageCounters(indexes)
    }

    deinit {
        messages.deallocate()
    }

    // MARK: Counting

    func countAccepted() { accepted += 1 }

    /// - Parameter fault: The fault; `nil` for an error of the protocol that is not a ``Fault``.
    func countFault(_ fault: Fault?) { faults[fault, default: 0] += 1 }

    func countRefusal(_ reason: RefusalReason) { refusals[reason, default: 0] += 1 }

    func countAuthentication(_ isAccepted: Bool) { authentications[isAccepted, default: 0] += 1 }

    func countClosed(_ reason: CloseReason) { closes[reason.kind, default: 0] += 1 }

    func countLag(_ nanoseconds: UInt64) {
        if lags.count < Self.maximumLags { lags.append(Int64(clamping: nanoseconds)) }
    }

    // MARK: Handing over

    /// Hands over the counts since the last call.
    func handOver(to metrics: MetricsBackend) {
        for index in 0..<indexes.count { handOver(index, to: metrics) }
        messages.takeDurations { metrics.handlerDurations[$0.index].recordNanoseconds($0.nanoseconds) }
        metrics.accepted.add(accepted)
        accepted = 0
        metrics.faults.add(&faults)
        metrics.closed.add(&closes)
        metrics.refused.add(&refusals)
        metrics.authentications.add(&authentications)
        for lag in lags { metrics.loopLag.recordNanoseconds(lag) }
        lags.removeAll(keepingCapacity: true)
    }

    /// Hands over the change of the event loop's pending output.
    func handOver(pendingOutput new: Int, to metrics: MetricsBackend) {
        metrics.addPendingOutput(new - pendingOutput)
        pendingOutput = new
    }

    private func handOver(_ index: Int, to metrics: MetricsBackend) {
        let counts = messages.take(index)
        if counts.received > 0 {
            metrics.receivedMessages[index].add(counts.received)
            metrics.receivedBytes[index].add(counts.receivedBytes)
        }
        metrics.sentMessages[index].add(counts.sent)
        metrics.sentBytes[index].add(counts.sentBytes)
        if let reply = indexes.replies[index] {
            metrics.sentMessages[reply].add(counts.handled)
            metrics.sentBytes[reply].add(counts.replyBytes)
        }
        metrics.rateLimited[index].add(counts.rateLimited)
        metrics.suspendedHandlers[index].add(counts.suspended)
    }
}

extension Worker {
    /// Hands over the counts, and the delay of this tick.
    func handOverMetrics(after deadline: Deadline) {
        metrics.countLag(loop.clock &- deadline.time)
        handOverMetrics()
    }

    /// Hands over the counts.
    func handOverMetrics() {
        metrics.handOver(to: core.metrics)
        metrics.handOver(pendingOutput: loop.pendingOutput, to: core.metrics)
        core.metrics.setConnections { core.slots.taken }
    }
}
