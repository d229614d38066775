/// Metrics in the text format 0.0.4 of Prometheus.
struct PrometheusText {
    /// What an HTTP response says that it is.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// All of `families`, each with its samples in order of their labels.
    init(_ families: [PrometheusFamily]) {
        for family in families {
            if let help = family.help { text += "# HELP \(family.name) \(Self.escapedHelp(help))\n" }
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(family.name, labels, to: &self)
            }
        }
    }

    /// Writes a line.
    ///
    /// - Parameter labels: As ``labels(_:)`` makes them.
    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        text += name
        if !labels.isEmpty { text += "{\(labels)}" }
        text += " \(Self.number(value))\n"
    }

    // MARK: Parts

    /// `label="value",…` in the order of `dimensions`.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.reduce("") { labels($0, name($1.0), $1.1) }
    }

    /// `labels` with one more.
    static func labels(_ labels: String, _ name: String, _ value: String) -> String {
        "\(labels)\(labels.isEmpty ? "" : ",")\(name)=\"\(escapedValue(value))\""
    }

    /// A number without needless decimals.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    /// `label` with underscores for whatever a name may not have.
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
