import CoreMetrics
import Synchronization

/// A metrics backend that keeps all metrics for Prometheus.
///
/// Metrics are never destroyed: a server's metrics live as long as the program, and each set of labels exists once.
/// Above ``maximumSeries``, new metrics count nothing.
final class PrometheusFactory: MetricsFactory {
    /// The maximum number of series.
    private static let maximumSeries = 100_000

    private struct State {
        var families: [String: PrometheusFamily] = [:]
        var seriesCount = 0
    }

    private let help: [String: String]
    private let state = Mutex(State())

    /// - Parameter help: A sentence about each metric, by its name.
    init(help: [String: String]) {
        self.help = help
    }

    /// All metrics, by name.
    var families: [PrometheusFamily] {
        state.withLock { $0.families.values.sorted { $0.name < $1.name } }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, .counter, dimensions, PrometheusValue()) ?? NOOPMetricsHandler.instance
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, .gauge, dimensions, PrometheusValue()) ?? NOOPMetricsHandler.instance
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            series(label, .histogram, dimensions, PrometheusHistogram()) ?? NOOPMetricsHandler.instance
        } else {
            series(label, .gauge, dimensions, PrometheusValue()) ?? NOOPMetricsHandler.instance
        }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, .histogram, dimensions, PrometheusHistogram()) ?? NOOPMetricsHandler.instance
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// Returns the series with these labels; adds `new` when there is none.
    ///
    /// - Returns: `nil` when there are too many series, or when a metric of another kind has the name.
    private func series<Series: PrometheusSeries>(
        _ label: String,
        _ kind: PrometheusFamily.Kind,
        _ dimensions: [(String, String)],
        _ new: Series
    ) -> Series? {
        let name = PrometheusText.name(label)
        let labels = PrometheusText.labels(dimensions)
        return state.withLock { state in
            var family = state.families[name] ?? PrometheusFamily(name: name, kind: kind, help: help[label])
            guard family.kind == kind else { return nil }
            if let known = family.series[labels] { return known as? Series }
            guard state.seriesCount < Self.maximumSeries else { return nil }
            state.seriesCount += 1
            family.series[labels] = new
            state.families[name] = family
            return new
        }
    }
}

/// The series of one name.
struct PrometheusFamily: Sendable {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    let name: String
    let kind: Kind
    let help: String?
    /// The series by their labels, in Prometheus' format.
    var series: [String: any PrometheusSeries] = [:]
}

/// The value of a metric for one set of labels.
protocol PrometheusSeries: Sendable {
    /// Writes the lines of the series.
    func write(_ name: String, _ labels: String, to text: inout PrometheusText)

    /// The value; of a histogram the number of values in each of its ranges, in the order of ``PrometheusHistogram/bounds``, and those
    /// above.
    var values: [Double] { get }
}

/// A counter or a gauge.
final class PrometheusValue: PrometheusSeries, CounterHandler, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func reset() { set(0.0) }
    func set(_ new: Int64) { set(Double(new)) }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func record(_ new: Int64) { set(Double(new)) }
    func record(_ new: Double) { set(new) }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        text.sample(name, labels, value.withLock { $0 })
    }

    var values: [Double] { [value.withLock { $0 }] }
}

/// A histogram; timers record seconds.
final class PrometheusHistogram: PrometheusSeries, TimerHandler, RecorderHandler {
    /// The upper bounds of the buckets, from the shortest handlers to ten seconds.
    static let bounds: [Double] = [
        1e-6, 2.5e-6, 1e-5, 2.5e-5, 1e-4, 2.5e-4, 1e-3, 2.5e-3, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10,
    ]

    private struct State {
        /// One count for each bound, and one for larger values.
        var counts = [UInt64](repeating: 0, count: bounds.count + 1)
        var sum = 0.0
    }

    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let index = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    var values: [Double] { state.withLock { $0.counts.map { Double($0) } } }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        let state = state.withLock { $0 }
        var count: UInt64 = 0
        for (bound, ranged) in zip(Self.bounds + [.infinity], state.counts) {
            count += ranged
            let labels = PrometheusText.labels(labels, "le", PrometheusText.bound(bound))
            text.sample(name + "_bucket", labels, Double(count))
        }
        text.sample(name + "_sum", labels, state.sum)
        text.sample(name + "_count", labels, Double(count))
    }
}
