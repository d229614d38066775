import Foundation
import SwitchboardDiff
import SwitchboardSpec
import Testing

/// Holds each rule against its example, `Rules/RULE.old.yaml` and `Rules/RULE.new.yaml`.
@Suite("Each rule of diff")
struct RuleTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Rules")
    private static let page = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Docs/Diff.md")

    /// A version of the example of `rule`.
    private static func text(_ rule: Rule, _ version: String) throws -> String {
        try String(contentsOf: folder.appending(path: "\(rule.rawValue).\(version).yaml"), encoding: .utf8)
    }

    private static func comparison(_ rule: Rule) throws -> SpecComparison {
        let importer = SpecImporter(["Base", "More"]) { name in
            let bytes = try? Data(contentsOf: folder.appending(path: "Imports/\(name).yaml"))
            return bytes.map { SpecImporter.File(path: "\(name)/protocol.yaml", bytes: Array($0)) }
        }
        func version(_ name: String) throws -> SpecVersion {
            let outcome = SpecReader.read(Array(try text(rule, name).utf8), importer: importer)
            let mistakes = outcome.diagnostics.flatMap { $0.lines(path: "\(rule.rawValue).\(name).yaml") }
            let spec = try #require(outcome.spec, "\(mistakes)")
            return SpecVersion(spec, name: name, path: name)
        }
        return SpecComparison(try version("old"), try version("new"))
    }

    @Test("has an example with that change alone", arguments: Rule.allCases)
    func example(_ rule: Rule) throws {
        let comparison = try Self.comparison(rule)
        // A field can only become the length of another one that is new.
        let others: Set<Rule> = rule == .derivationChanged ? [.fieldAdded] : []
        #expect(Set(comparison.findings.map(\.rule)) == others.union([rule]), "\(comparison.findings.map(\.message))")
        #expect(comparison.effect == rule.effect)
    }

    @Test("says what to do if the change breaks something", arguments: Rule.allCases)
    func advice(_ rule: Rule) {
        #expect((rule.advice == nil) == (rule.effect == .compatible))
    }

    @Test("finds nothing between equal versions", arguments: Rule.allCases)
    func equalVersions(_ rule: Rule) throws {
        let old = try Self.comparison(rule).old
        #expect(SpecComparison(old, old).findings.isEmpty)
    }

    @Test("is in the documentation, with its example")
    func documentation() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let (start, end) = ("<!-- The rules. -->\n", "<!-- The end of the rules. -->\n")
        let parts = text.components(separatedBy: start)
        let (before, rest) = (parts[0], try #require(parts.last).components(separatedBy: end))
        let rules = try Rule.Area.allCases.map(Self.chapter).joined(separator: "\n")
        let expected = before + start + "\n" + rules + "\n" + end + (rest.count > 1 ? rest[1] : "")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN_FILES"] != nil {
            try expected.write(to: Self.page, atomically: true, encoding: .utf8)
        } else {
            #expect(text == expected, "set RECORD_GOLDEN_FILES to write the page again")
        }
    }

    /// The rules of an area with their examples, in Markdown.
    private static func chapter(_ area: Rule.Area) throws -> String {
        let rules = Rule.allCases.filter { $0.area == area }
        let blocks = try rules.map { rule in
            let advice = rule.advice.map { " \($0)" } ?? ""
            let summary = rule.summary.prefix(1).uppercased() + rule.summary.dropFirst()
            let text = "**`\(rule.rawValue)`** (\(rule.effect.title)): \(summary).\(advice)"
            return "\(text)\n\n```diff\n\(try difference(rule).joined(separator: "\n"))\n```\n"
        }
        return "### \(area.rawValue.prefix(1).uppercased() + area.rawValue.dropFirst())\n\n"
            + blocks.joined(separator: "\n")
    }

    /// The lines of the example in which the versions differ.
    private static func difference(_ rule: Rule) throws -> [String] {
        let old = try text(rule, "old").split(separator: "\n"), new = try text(rule, "new").split(separator: "\n")
        let difference = new.difference(from: old)
        var lines: [(Int, String)] = []
        for change in difference {
            switch change {
            case .remove(let offset, let line, _): lines.append((offset, "-\(line)"))
            case .insert(let offset, let line, _): lines.append((offset, "+\(line)"))
            }
        }
        return lines.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
    }
}
