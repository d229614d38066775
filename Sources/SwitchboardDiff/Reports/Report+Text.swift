extension Report {
    /// The report as lines: for each finding one like a compiler's error, and lines with the details.
    var lines: [String] {
        var lines: [String] = []
        for finding in comparison.findings {
            let label = fails(finding) ? "error" : allowed.contains(finding.rule) ? "allowed" : "note"
            lines.append("\(finding.new.text): \(label): \(finding.message) [\(finding.rule.rawValue)]")
            if finding.directions.isEmpty {
                lines.append("  \(finding.effect.title)")
            } else {
                let directions =
                    finding.directions == .all ? "all directions" : finding.directions.texts.joined(separator: ", ")
                lines.append("  \(finding.effect.title): \(directions)")
            }
            lines.append("  before: \(finding.old.text)")
            if let advice = finding.rule.advice { lines.append("  advice: \(advice)") }
        }
        lines.append(summary)
        lines += comparison.advice.map { "advice: \($0)" }
        return lines
    }

    /// The rules with their summaries, a line each.
    package static var rules: [String] {
        let width = Rule.allCases.map(\.rawValue.count).max() ?? 0
        return Rule.allCases.map { rule in
            let name = rule.rawValue + String(repeating: " ", count: width - rule.rawValue.count)
            let effect = rule.effect.rawValue + String(repeating: " ", count: 10 - rule.effect.rawValue.count)
            return "\(name)  \(effect)  \(rule.summary)"
        }
    }
}
