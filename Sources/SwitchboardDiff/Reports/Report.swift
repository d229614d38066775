internal import SwitchboardFiles
internal import SwitchboardSpec

/// The findings of a comparison, as a report in one of several formats.
package struct Report: Sendable {
    /// A format.
    ///
    /// The raw value is the keyword of `--format`.
    package enum Format: String, CaseIterable, Sendable {
        /// Lines as compilers print them.
        case text
        /// A change log for people.
        case markdown
        /// For programs.
        case json
        /// SARIF 2.1.0, for code review.
        case sarif
    }

    let comparison: SpecComparison
    /// The rules whose findings never fail.
    let allowed: Set<Rule>
    /// The least effect that fails.
    let level: Effect

    /// A report of `comparison`, which fails if a finding of a rule that is not in `allowed` has `level` or a worse effect.
    package init(_ comparison: SpecComparison, level: Effect, allowed: Set<Rule>) {
        self.comparison = comparison
        self.level = level
        self.allowed = allowed
    }

    /// Whether a finding fails.
    package var fails: Bool { comparison.findings.contains(where: fails) }

    func fails(_ finding: Finding) -> Bool { finding.effect >= level && !allowed.contains(finding.rule) }

    /// Returns the report in `format`, with a line feed at its end.
    package func text(_ format: Format) -> String {
        switch format {
        case .text: lines.joined(separator: "\n") + "\n"
        case .markdown: markdown
        case .json: json.text
        case .sarif: sarif.text
        }
    }

    /// The result in one sentence.
    var summary: String {
        if comparison.findings.isEmpty { return "\(comparison.new.name) has no changes since \(comparison.old.name)" }
        let counts = Effect.allCases.compactMap { effect -> String? in
            let count = comparison.findings.count { $0.effect == effect }
            return count == 0 ? nil : "\(count) \(effect.counted(count))"
        }
        return "\(comparison.findings.count) \(comparison.findings.count == 1 ? "change" : "changes"): "
            + counts.joined(separator: ", ")
    }
}

extension Effect {
    /// Returns the effect as the predicate of `count` changes.
    fileprivate func counted(_ count: Int) -> String {
        switch self {
        case .wire: count == 1 ? "breaks the wire" : "break the wire"
        case .source: count == 1 ? "breaks source" : "break source"
        case .behaviour: count == 1 ? "changes behaviour" : "change behaviour"
        case .compatible: count == 1 ? "is compatible" : "are compatible"
        }
    }
}
