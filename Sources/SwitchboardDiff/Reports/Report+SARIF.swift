internal import SwitchboardFiles
internal import SwitchboardSpec

extension Report {
    /// The report in SARIF 2.1.0 (OASIS): a result for each finding, at its place in the new version.
    var sarif: JSON {
        .object([
            ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
            ("version", .string("2.1.0")),
            ("runs", .array([run])),
        ])
    }

    private var run: JSON {
        let rules = Rule.allCases.map { rule in
            JSON.object(
                [
                    ("id", .string(rule.rawValue)),
                    ("shortDescription", text(rule.summary)),
                    ("defaultConfiguration", .object([("level", .string(rule.effect.level))])),
                ] + (rule.advice.map { [("help", text($0))] } ?? [])
            )
        }
        let driver = JSON.object([
            ("name", .string("switchboard diff")),
            ("semanticVersion", .string(PackageVersion.current)),
            ("rules", .array(rules)),
        ])
        return .object([
            ("tool", .object([("driver", driver)])),
            ("columnKind", .string("unicodeCodePoints")),
            ("results", .array(comparison.findings.map(result))),
        ])
    }

    private func result(_ finding: Finding) -> JSON {
        let breaks = finding.directions.isEmpty ? "" : ": \(finding.directions.texts.joined(separator: ", "))"
        let advice = finding.rule.advice.map { " \($0)" } ?? ""
        var members: [(String, JSON)] = [
            ("ruleId", .string(finding.rule.rawValue)),
            ("ruleIndex", .number("\(Rule.allCases.firstIndex(of: finding.rule) ?? 0)")),
            ("level", .string(fails(finding) ? "error" : finding.effect.level)),
            ("message", text("\(finding.message): \(finding.effect.title)\(breaks).\(advice)")),
            ("locations", .array([location(finding.new, nil)])),
            ("relatedLocations", .array([location(finding.old, "before: \(finding.old.text)")])),
        ]
        if allowed.contains(finding.rule) {
            members.append(("suppressions", .array([.object([("kind", .string("external"))])])))
        }
        return .object(members)
    }

    private func text(_ text: String) -> JSON { .object([("text", .string(text))]) }

    private func location(_ location: Location, _ message: String?) -> JSON {
        // A place in a git reference is shown in the file that the reference has, because viewers read files only.
        let sides = [comparison.old, comparison.new]
        let path = sides.first { $0.name == location.path }?.path ?? location.path
        let region = JSON.object([
            ("startLine", .number("\(location.place.line)")),
            ("startColumn", .number("\(location.place.column)")),
        ])
        let place = JSON.object([
            ("artifactLocation", .object([("uri", .string(path.percentEncoded))])),
            ("region", region),
        ])
        return .object([("physicalLocation", place)] + (message.map { [("message", text($0))] } ?? []))
    }
}

extension Effect {
    /// The level in SARIF.
    fileprivate var level: String {
        switch self {
        case .wire: "error"
        case .source, .behaviour: "warning"
        case .compatible: "note"
        }
    }
}

extension String {
    /// The path as a part of a URI.
    fileprivate var percentEncoded: String {
        utf8.map { byte in
            let isPlain =
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-._~/".utf8.contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + [byte].hexadecimal.uppercased()
        }.joined()
    }
}
