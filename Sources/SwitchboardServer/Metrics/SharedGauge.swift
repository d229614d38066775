internal import CoreMetrics
internal import Synchronization

/// One server's part of a gauge that all servers with the same metrics backend share.
///
/// It tells the backend by how much the part has changed, so that the parts add up. The part is taken back when the
/// server is gone.
final class SharedGauge: Sendable {
    private let meter: Meter
    private let part = Mutex(0)

    init(_ metric: ServerMetric, _ factory: any MetricsFactory) {
        meter = Meter(label: metric.rawValue, factory: factory)
        // A gauge that was never touched may not be shown.
        meter.increment(by: 0.0)
    }

    deinit { set(0) }

    /// Changes the part of this server; from any thread.
    func set(_ new: Int) {
        part.withLock { part in
            if new > part { meter.increment(by: Double(new - part)) }
            if new < part { meter.decrement(by: Double(part - new)) }
            part = new
        }
    }
}
