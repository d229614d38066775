internal import CoreMetrics
internal import SwitchboardTLS

/// The metrics of TLS, in the metrics backend of the program.
final class TLSMetrics: Sendable {
    private let handshakes: Counter
    private let failures: LabelledCounters<TLSFailure>
    private let expiry: Meter

    init(_ factory: any MetricsFactory) {
        handshakes = Counter(label: ServerMetric.tlsHandshakes.rawValue, factory: factory)
        failures = LabelledCounters(.tlsHandshakeFailures, "reason", TLSFailure.allCases, factory) { $0.rawValue }
        expiry = Meter(label: ServerMetric.tlsCertificateExpiry.rawValue, factory: factory)
    }

    /// Counts a handshake that has ended; any thread may call this method.
    ///
    /// A handshake takes so long that no event loop needs counts of its own.
    func count(_ error: TLSError?) {
        guard let error else { return handshakes.increment() }
        failures.add(1, error.failure)
    }

    /// Sets the time at which the certificate expires, in seconds since 1970-01-01 UTC; any thread may call this method.
    func setExpiry(_ time: Int64?) {
        if let time { expiry.set(time) }
    }
}
