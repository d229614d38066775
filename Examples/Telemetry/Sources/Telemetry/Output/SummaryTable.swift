import Foundation

/// Formats summaries as a table.
struct SummaryTable {
    /// The table; each line ends with a newline.
    let text: String

    init(_ summaries: [Telemetry.Summary]) {
        let head = ["station", "sensor", "quantity", "count", "lowest", "mean", "highest", "latest"]
        let rows = [head] + summaries.map(Self.cells)
        let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        text = rows.map { row in
            zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func cells(of summary: Telemetry.Summary) -> [String] {
        [
            "\(summary.station)", "\(summary.sensor)", "\(summary.quantity)", "\(summary.count)",
            String(format: "%.2f", summary.lowest), String(format: "%.2f", summary.mean),
            String(format: "%.2f", summary.highest),
            Date(timeIntervalSince1970: Double(summary.latest) / 1000).formatted(.iso8601),
        ]
    }
}
