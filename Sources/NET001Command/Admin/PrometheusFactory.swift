import CoreMetrics
import Synchronization

/// A metrics backend that keeps what is counted, to be shown to Prometheus.
///
/// Metrics are never destroyed: those of a server live as long as the program, and each set of labels is made once. There
/// are no more than ``maximumSeries`` of them; whatever else is asked for counts nothing.
final class PrometheusFactory: MetricsFactory {
    /// The most series that are kept.
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

    /// All that is kept, in order of names.
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

    /// The series with these labels: the one there is, or `new`.
    ///
    /// - Returns: `nil` when there are too many, or when the name is taken by a metric of another kind.
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
    /// By their labels, as they are written.
    var series: [String: any PrometheusSeries] = [:]
}
