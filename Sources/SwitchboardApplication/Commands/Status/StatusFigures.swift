import SwitchboardServer

/// The numbers of the latest report, and how they have grown since earlier ones.
struct StatusFigures {
    /// The time in seconds whose durations count for percentiles.
    private static let percentileTime = 60.0

    /// The shortest time in seconds between two reports from which a rate is computed.
    private static let rateTime = 0.5

    /// The largest number of reports that are kept.
    private static let maximumReports = 100

    private(set) var latest: StatusReport
    /// The reports of the last minute before the latest one, oldest first.
    private var earlier: [StatusReport] = []

    /// The figures of a first report, without rates.
    init(_ report: StatusReport) {
        latest = report
    }

    /// Adds a newer report.
    mutating func add(_ report: StatusReport) {
        earlier = (earlier + [latest]).suffix(Self.maximumReports)
            .filter { (0...Self.percentileTime).contains(report.time - $0.time) }
        latest = report
    }

    /// Returns the sum of a metric over its labels.
    func total(_ metric: ServerMetric) -> Double { latest.total(metric.rawValue) }

    /// Returns the value of a metric that has no labels, or the sum over its labels.
    func total(_ name: String) -> Double { latest.total(name) }

    /// Returns how much a counter grows in a second; `nil` before the second report.
    ///
    /// - Parameter label: The labels of the counter; `nil` for the sum over all.
    func rate(_ metric: ServerMetric, _ label: String? = nil) -> Double? {
        guard let before = earlier.last(where: { latest.time - $0.time >= Self.rateTime }) else { return nil }
        func value(_ report: StatusReport) -> Double {
            guard let label else { return report.total(metric.rawValue) }
            return report.metrics[metric.rawValue]?[label]?.first ?? 0
        }
        return max(value(latest) - value(before), 0) / (latest.time - before.time)
    }

    /// The labels with which a metric has a value above zero.
    func labels(of metric: ServerMetric) -> [String] {
        (latest.metrics[metric.rawValue] ?? [:]).filter { $0.value.first ?? 0 > 0 }.map(\.key)
    }

    /// Returns the duration that a part of the last minute's values does not exceed, as far as the ranges tell it: `≤ 10 ms`.
    func percentile(_ part: Double, of metric: ServerMetric, _ label: String) -> String {
        func counts(_ report: StatusReport?) -> [Double] { report?.metrics[metric.rawValue]?[label] ?? [] }
        let (new, old) = (counts(latest), counts(earlier.first))
        let grown = new.enumerated().map { max($1 - ($0 < old.count ? old[$0] : 0), 0) }
        let total = grown.reduce(0, +)
        var below = 0.0
        let index = grown.firstIndex { count in
            below += count
            return below >= part * total
        }
        let bounds = PrometheusHistogram.bounds
        guard total > 0, let index, new.count == bounds.count + 1 else { return ShownNumber.unknown }
        if index < bounds.count { return "≤ " + ShownNumber.duration(bounds[index]) }
        return "> " + ShownNumber.duration(bounds[bounds.count - 1])
    }
}

extension StatusReport {
    /// Returns the sum of a metric over its labels.
    fileprivate func total(_ name: String) -> Double {
        (metrics[name] ?? [:]).values.reduce(0) { $0 + ($1.first ?? 0) }
    }
}
