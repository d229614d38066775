/// Metrics in the text format 0.0.4 of Prometheus.
struct PrometheusText {
    /// The content type of an HTTP response.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// The text of `families`, with the samples of each in order of their labels.
    init(_ families: [PrometheusFamily]) {
        for family in families {
            if let help = family.help { text += "# HELP \(family.name) \(Self.escapedHelp(help))\n" }
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(family.name, labels, to: &self)
            }
        }
    }

    /// Writes the line of one sample.
    ///
    /// - Parameter labels: The labels, as ``labels(_:)`` returns them.
    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        text += name
        if !labels.isEmpty { text += "{\(labels)}" }
        text += " \(Self.number(value))\n"
    }

    // MARK: Parts

    /// Returns `label="value",…` in the order of `dimensions`.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.reduce("") { labels($0, name($1.0), $1.1) }
    }

    /// Returns `labels` with one more label.
    static func labels(_ labels: String, _ name: String, _ value: String) -> String {
        "\(labels)\(labels.isEmpty ? "" : ",")\(name)=\"\(escapedValue(value))\""
    }

    /// Returns a number, without a decimal point if it is an integer.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    /// Returns `label` with an underscore for each character that a name may not contain.
    static func name(_ label: String) -> String {
        let name = String(
            label.unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "_": Character(scalar)
                default: "_"
                }
            }
        )
        return name.first.map { $0.isNumber } ?? true ? "_" + name : name
    }

    private static func escapedValue(_ text: String) -> String {
        escapedHelp(text).replacing("\"", with: "\\\"")
    }

    private static func escapedHelp(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }
}
