import CoreMetrics
import Synchronization

/// A metrics backend that records all values.
final class RecordingMetrics: MetricsFactory {
    /// The value of a gauge: the sum of its changes.
    private final class Gauge: MeterHandler {
        let value = Mutex(0.0)

        func set(_ value: Int64) { set(Double(value)) }
        func set(_ value: Double) { self.value.withLock { $0 = value } }
        func increment(by amount: Double) { value.withLock { $0 += amount } }
        func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    }

    private final class Series: CounterHandler, RecorderHandler, TimerHandler {
        let values = Mutex<[Double]>([])

        func increment(by amount: Int64) { add(Double(amount)) }
        func increment(by amount: Double) { add(amount) }
        func reset() { values.withLock { $0 = [] } }
        func record(_ value: Int64) { add(Double(value)) }
        func record(_ value: Double) { add(value) }
        func recordNanoseconds(_ duration: Int64) { add(Double(duration)) }

        private func add(_ value: Double) { values.withLock { $0.append(value) } }
    }

    private let series = Mutex<[String: Series]>([:])
    private let gauges = Mutex<[String: Gauge]>([:])

    /// The durations of a timer in nanoseconds, the increments of a counter, or the value of a gauge.
    func values(_ name: String) -> [Double] {
        if let gauge = gauges.withLock({ $0[name] }) { return [gauge.value.withLock { $0 }] }
        let found = series.withLock { $0[name] }
        return found?.values.withLock { $0 } ?? []
    }

    /// The sum of a counter with a name and labels: `requests{message=Ping}`.
    func sum(_ name: String) -> Int { Int(values(name).reduce(0, +)) }

    /// The names of all metrics.
    var names: Set<String> { series.withLock { Set($0.keys) }.union(gauges.withLock { $0.keys }) }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { make(label, dimensions) }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let name = name(label, dimensions)
        return gauges.withLock { gauges in
            let known = gauges[name] ?? Gauge()
            gauges[name] = known
            return known
        }
    }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        make(label, dimensions)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { make(label, dimensions) }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private func name(_ label: String, _ dimensions: [(String, String)]) -> String {
        let labels = dimensions.map { "\($0)=\($1)" }.joined(separator: ",")
        return labels.isEmpty ? label : "\(label){\(labels)}"
    }

    private func make(_ label: String, _ dimensions: [(String, String)]) -> Series {
        let name = name(label, dimensions)
        return series.withLock { series in
            let known = series[name] ?? Series()
            series[name] = known
            return known
        }
    }
}
