internal import CoreMetrics
internal import Synchronization

/// The metrics of a server's membership in a cluster, in the metrics backend of the program.
final class ClusterMetrics: Sendable {
    private let servers: SharedGauge
    private let refused: Counter
    private let failedRenewals: Counter
    /// The number of refused messages that was handed over last.
    private let lastRefused = Mutex<UInt64>(0)

    init(_ factory: any MetricsFactory) {
        servers = SharedGauge(.clusterServers, factory)
        refused = Counter(label: ServerMetric.clusterRateLimited.rawValue, factory: factory)
        failedRenewals = Counter(label: ServerMetric.clusterFailedRenewals.rawValue, factory: factory)
    }

    /// Adds what has changed since the last call; may be called from any thread.
    func handOver(servers count: Int, refused total: UInt64) {
        lastRefused.withLock { last in
            servers.set(count)
            if total > last { refused.increment(by: Int(clamping: total - last)) }
            last = max(total, last)
        }
    }

    /// Counts a renewal that has failed; may be called from any thread.
    func countFailedRenewal() { failedRenewals.increment() }
}
