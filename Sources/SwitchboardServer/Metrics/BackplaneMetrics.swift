internal import CoreMetrics
internal import SwitchboardBackplane
internal import Synchronization

/// The metrics of a backplane, in the metrics backend of the program.
final class BackplaneMetrics: Sendable {
    private let isUp: SharedGauge
    private let servers: SharedGauge
    private let waitingBytes: SharedGauge
    private let roundTrip: Timer
    private let dropped: Counter
    private let missed: Counter
    private let duplicates: Counter
    private let invalid: Counter
    private let disconnections: Counter
    /// The last status that was handed over.
    private let last = Mutex(BackplaneStatus())

    init(_ factory: any MetricsFactory) {
        func counter(_ metric: ServerMetric) -> Counter { Counter(label: metric.rawValue, factory: factory) }
        isUp = SharedGauge(.backplaneUp, factory)
        servers = SharedGauge(.backplaneServers, factory)
        waitingBytes = SharedGauge(.backplaneWaitingBytes, factory)
        roundTrip = Timer(label: ServerMetric.backplaneRoundTrip.rawValue, factory: factory)
        dropped = counter(.backplaneDropped)
        missed = counter(.backplaneMissed)
        duplicates = counter(.backplaneDuplicates)
        invalid = counter(.backplaneInvalid)
        disconnections = counter(.backplaneDisconnections)
    }

    /// Adds the changes since the last call; any thread may call this method.
    func handOver(_ backplane: any Backplane) {
        last.withLock { last in
            // Read under the lock, so that no older status follows a newer one.
            let status = backplane.status
            isUp.set(status.state == .up ? 1 : 0)
            servers.set(status.servers)
            waitingBytes.set(status.waitingBytes)
            if let time = status.roundTrip, time != last.roundTrip {
                roundTrip.recordNanoseconds(time.clampedNanoseconds)
            }
            let (new, old) = (status.counters, last.counters)
            // A backplane that has stopped may have lost its counters.
            guard status.state != .stopped else { return }
            func add(_ counter: Counter, _ value: (BackplaneStatus.Counters) -> UInt64) {
                let (now, before) = (value(new), value(old))
                if now > before { counter.add(Int(clamping: now - before)) }
            }
            add(dropped) { $0.dropped }
            add(missed) { $0.missed }
            add(duplicates) { $0.duplicates }
            add(invalid) { $0.malformed }
            add(disconnections) { $0.disconnections }
            last = status
        }
    }

    /// Counts a block with invalid frames; any thread may call this method.
    func countInvalid() { invalid.increment() }
}

extension Duration {
    /// The duration in nanoseconds, at most about 292 years.
    fileprivate var clampedNanoseconds: Int64 {
        Int64(clamping: Int128(components.seconds) * 1_000_000_000 + Int128(components.attoseconds / 1_000_000_000))
    }
}
