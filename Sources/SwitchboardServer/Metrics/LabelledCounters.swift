internal import CoreMetrics

/// A counter for each of a few values of a label, and one for all other values.
struct LabelledCounters: Sendable {
    /// The value that stands for all others.
    static let other = "other"

    private let counters: [String: Counter]

    init(_ metric: ServerMetric, _ label: String, _ values: [String], _ factory: any MetricsFactory) {
        counters = Dictionary(
            (values + [Self.other]).map { value in
                (value, Counter(label: metric.rawValue, dimensions: [(label, value)], factory: factory))
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Adds what was counted by value, and sets that to nothing.
    func add(_ counts: inout [String: Int]) {
        guard !counts.isEmpty else { return }
        for (value, count) in counts { (counters[value] ?? counters[Self.other])?.add(count) }
        counts.removeAll(keepingCapacity: true)
    }
}
