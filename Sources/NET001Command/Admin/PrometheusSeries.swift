import CoreMetrics
import Synchronization

/// What is kept for one set of labels.
protocol PrometheusSeries: Sendable {
    /// Writes its lines.
    func write(_ name: String, _ labels: String, to text: inout PrometheusText)
}

/// A counter, or a gauge.
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
}

/// Values by ranges.
///
/// Those of timers are in seconds.
final class PrometheusHistogram: PrometheusSeries, TimerHandler, RecorderHandler {
    /// The upper ends of the ranges: from what a handler takes that does hardly anything to what nobody waits for.
    static let bounds: [Double] = [
        1e-6, 2.5e-6, 1e-5, 2.5e-5, 1e-4, 2.5e-4, 1e-3, 2.5e-3, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10,
    ]

    private struct State {
        /// One more than there are bounds: the last is for all that is larger.
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

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        let state = state.withLock { $0 }
        var count: UInt64 = 0
        for (bound, ranged) in zip(Self.bounds + [.infinity], state.counts) {
            count += ranged
            let labels = PrometheusText.labels(labels, "le", PrometheusText.number(bound))
            text.sample(name + "_bucket", labels, Double(count))
        }
        text.sample(name + "_sum", labels, state.sum)
        text.sample(name + "_count", labels, Double(count))
    }
}
