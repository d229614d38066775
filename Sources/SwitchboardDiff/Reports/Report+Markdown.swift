internal import SwitchboardSpec

extension Report {
    /// The report as a change log for people.
    var markdown: String {
        let spec = comparison.new.spec
        let versions = (comparison.old.spec.version, spec.version)
        var title = "# Changes of \(spec.name)"
        if let before = versions.0, let after = versions.1, before != after {
            title += ", version \(before) to \(after)"
        }
        let source =
            "From `\(comparison.old.name)` to `\(comparison.new.name)`, by switchboard \(PackageVersion.current)."
        var blocks = [title, source, summary + "."]
        for effect in Effect.allCases {
            let findings = comparison.findings.filter { $0.effect == effect }
            guard !findings.isEmpty else { continue }
            blocks.append("## \(effect.heading)")
            blocks.append(findings.map(item).joined(separator: "\n"))
        }
        let advice = comparison.advice.map { "- \($0.capitalizedSentence)." }
        if !advice.isEmpty { blocks += ["## To do", advice.joined(separator: "\n")] }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private func item(_ finding: Finding) -> String {
        var text =
            "- \(finding.message.capitalizedSentence) (`\(finding.rule.rawValue)`, line \(finding.new.place.line))."
        if !finding.directions.isEmpty, finding.directions != .all {
            text += " Breaks: \(finding.directions.texts.joined(separator: ", "))."
        }
        if let advice = finding.rule.advice { text += " \(advice)" }
        return text
    }
}

extension Effect {
    /// The heading above the changes with the effect.
    fileprivate var heading: String {
        switch self {
        case .wire: "Breaks the wire"
        case .source: "Breaks source"
        case .behaviour: "Changes behaviour"
        case .compatible: "Compatible"
        }
    }
}

extension String {
    /// The text with a capital letter at its start.
    fileprivate var capitalizedSentence: String { prefix(1).uppercased() + dropFirst() }
}
