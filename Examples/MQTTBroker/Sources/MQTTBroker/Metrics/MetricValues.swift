import CoreMetrics
import Synchronization

/// The values of the program's counters and gauges, by name; a backend of swift-metrics.
///
/// Metrics exist as long as the program, so that the number of values has a limit: that of the metrics in the source.
final class MetricValues: MetricsFactory {
    private let cells = Mutex<[String: MetricCell]>([:])

    /// The values; a name is the label of a metric, and its dimensions after slashes.
    var current: [String: Int64] { cells.withLock { $0.mapValues(\.value) } }

    private func cell(_ label: String, _ dimensions: [(String, String)]) -> MetricCell {
        let name = ([label] + dimensions.map(\.1)).joined(separator: "/")
        return cells.withLock { cells in
            let cell = cells[name] ?? MetricCell()
            cells[name] = cell
            return cell
        }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { cell(label, dimensions) }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { cell(label, dimensions) }

    // Durations have no single value.

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { NOOPMetricsHandler.instance }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
}

/// The value of a counter or a gauge.
final class MetricCell: CounterHandler, MeterHandler {
    private let number = Atomic<Int64>(0)

    var value: Int64 { number.load(ordering: .relaxed) }

    func increment(by amount: Int64) { number.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { number.store(0, ordering: .relaxed) }
    func set(_ value: Int64) { number.store(value, ordering: .relaxed) }
    func set(_ value: Double) { set(Int64(value)) }
    func increment(by amount: Double) { increment(by: Int64(amount)) }
    func decrement(by amount: Double) { increment(by: Int64(-amount)) }
}
