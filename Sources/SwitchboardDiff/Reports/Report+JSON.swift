internal import SwitchboardFiles
internal import SwitchboardSpec

extension Report {
    /// The report for programs.
    var json: JSON {
        .object([
            ("generator", .string("switchboard \(PackageVersion.current)")),
            ("old", .string(comparison.old.name)),
            ("new", .string(comparison.new.name)),
            ("effect", .string(comparison.effect.rawValue)),
            ("breaks", .array(comparison.directions.keys.map { .string($0) })),
            ("fails", .boolean(fails)),
            ("findings", .array(comparison.findings.map(json))),
            ("advice", .array(comparison.advice.map { .string($0) })),
        ])
    }

    private func json(_ finding: Finding) -> JSON {
        .object([
            ("rule", .string(finding.rule.rawValue)),
            ("effect", .string(finding.effect.rawValue)),
            ("breaks", .array(finding.directions.keys.map { .string($0) })),
            ("message", .string(finding.message)),
            ("advice", finding.rule.advice.map { .string($0) } ?? .null),
            ("fails", .boolean(fails(finding))),
            ("allowed", .boolean(allowed.contains(finding.rule))),
            ("old", json(finding.old)),
            ("new", json(finding.new)),
        ])
    }

    private func json(_ location: Location) -> JSON {
        .object([
            ("path", .string(location.path)),
            ("line", .number("\(location.place.line)")),
            ("column", .number("\(location.place.column)")),
        ])
    }
}
