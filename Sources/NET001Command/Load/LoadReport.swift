import Histogram
import SwitchboardApplication

/// The result of a load.
struct LoadReport: Sendable {
    /// The time of the measurement in seconds.
    let seconds: Double
    private(set) var messages: UInt64 = 0
    private var latencies = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    /// The CPU time of the watched process during the measurement.
    var processNanoseconds: UInt64?

    init(seconds: Double) {
        self.seconds = seconds
        latencies.autoResize = true
    }

    mutating func add(_ count: UInt64, _ part: Histogram<UInt64>) {
        messages += count
        latencies.add(part)
    }

    var messagesPerSecond: Double { Double(messages) / seconds }

    /// Returns the latency that `percentile` per cent of the messages do not exceed.
    func latency(_ percentile: Double) -> Duration {
        .nanoseconds(Int64(clamping: latencies.valueAtPercentile(percentile)))
    }

    /// The CPU time of the watched process for each message, in microseconds.
    var processMicrosecondsPerMessage: Double? {
        guard let processNanoseconds, messages > 0 else { return nil }
        return Double(processNanoseconds) / Double(messages) / 1000
    }

    private static let percentiles = [50, 90, 99, 99.9, 99.99, 100]

    /// The report as a table.
    var table: String {
        var lines = [
            "\(messages) messages in \(seconds.formatted(3)) s: \(Int(messagesPerSecond)) messages/s",
            "",
            "latency",
        ]
        for percentile in Self.percentiles {
            let name = percentile == 100 ? "slowest" : "\(percentile.formatted(2)) %"
            let indent = String(repeating: " ", count: max(10 - name.count, 0))
            lines.append("\(indent)\(name)  \(latency(percentile).inMilliseconds)")
        }
        if let cpu = processMicrosecondsPerMessage {
            lines += ["", "CPU time of the watched process: \(cpu.formatted(3)) µs a message"]
        }
        return lines.joined(separator: "\n")
    }

    /// The report as a JSON object; latencies and CPU times are in microseconds.
    var json: String {
        var fields = [
            "\"messages\": \(messages)",
            "\"seconds\": \(seconds)",
            "\"messages_per_second\": \(messagesPerSecond)",
        ]
        for percentile in Self.percentiles {
            let key = percentile == 100 ? "latency_max" : "latency_p\(percentile.formatted(2))"
            fields.append("\"\(key)\": \(latency(percentile) / .microseconds(1))")
        }
        if let cpu = processMicrosecondsPerMessage { fields.append("\"cpu_per_message\": \(cpu)") }
        return "{\(fields.joined(separator: ", "))}"
    }
}

extension Double {
    /// Returns the number with at most `digits` digits after the decimal point.
    fileprivate func formatted(_ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let rounded = (self * scale).rounded() / scale
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}
