/// Metrics in the text format of Prometheus or of OpenMetrics.
struct PrometheusText {
    private(set) var text = ""

    /// The text of `families`, with the samples of each in order of their labels.
    init(_ families: [PrometheusFamily], as format: MetricsFormat) {
        switch format {
        case .prometheus: for family in families { write(family) }
        case .openMetrics:
            let names = Set(families.map(\.name))
            for family in families { writeOpenMetrics(family, besides: names) }
            text += "# EOF\n"
        }
    }

    private mutating func write(_ family: PrometheusFamily) {
        if let help = family.help { text += "# HELP \(family.name) \(Self.escapedHelp(help))\n" }
        text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        writeSamples(family, family.name)
    }

    // MARK: OpenMetrics

    /// The end of the name of each sample of a counter, which its family does not have.
    private static let counterSuffix = "_total"

    /// Writes a family with the names that OpenMetrics prescribes.
    ///
    /// - Parameter names: The names of all families.
    private mutating func writeOpenMetrics(_ family: PrometheusFamily, besides names: Set<String>) {
        var (name, kind) = (family.name, family.kind.rawValue)
        if family.kind == .counter {
            let base = name.hasSuffix(Self.counterSuffix) ? String(name.dropLast(Self.counterSuffix.count)) : name
            // Families have different names. The samples of a counter whose names another family has keep theirs.
            let other = base == name ? name + Self.counterSuffix : base
            if base.isEmpty || names.contains(other) { kind = "unknown" } else { name = base }
        }
        text += "# TYPE \(name) \(kind)\n"
        if let unit = Self.unit(of: name) { text += "# UNIT \(name) \(unit)\n" }
        if let help = family.help { text += "# HELP \(name) \(Self.escapedValue(help))\n" }
        writeSamples(family, kind == PrometheusFamily.Kind.counter.rawValue ? name + Self.counterSuffix : name)
    }

    /// Returns the unit of a metric, with which its name ends.
    private static func unit(of name: String) -> String? {
        ["seconds", "bytes"].first { name.hasSuffix("_" + $0) }
    }

    // MARK: Samples

    private mutating func writeSamples(_ family: PrometheusFamily, _ name: String) {
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            series.write(name, labels, to: &self)
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
        Int64(exactly: value).map { "\($0)" } ?? bound(value)
    }

    /// Returns the upper bound of a bucket in the form that OpenMetrics prescribes: `0.5`, `1.0`, `+Inf`.
    ///
    /// Both formats have this form, because the label is a part of the identity of the series.
    static func bound(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return "\(value)"
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
