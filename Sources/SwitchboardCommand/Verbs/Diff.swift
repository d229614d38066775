internal import ArgumentParser
internal import SwitchboardDiff
internal import SwitchboardFiles
internal import SwitchboardSpec

/// Compares two versions of a spec: `switchboard diff OLD NEW`.
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two versions of a spec, and tell what breaks the wire, source or behaviour.",
        usage: """
            switchboard diff <SPEC> [<options>]
            switchboard diff <OLD> <NEW> [<options>]
            switchboard diff --rules
            """,
        discussion: """
            OLD and NEW are files, git:REF or git:REF:FILE; git:REF is the other file in that revision. With one file only, \
            OLD is the file in HEAD. The exit status is 1 if a change fails --level.

            Example: switchboard diff git:v1.0 protocol.yaml
            """
    )

    @Argument(
        help: .init("The old version; with no NEW, the new one.", valueName: "OLD"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var old: String?

    @Argument(help: .init("The new version.", valueName: "NEW"), completion: .file(extensions: ["yaml", "yml"]))
    var new: String?

    @Option(help: .init("The least severe change that fails.", valueName: "LEVEL"))
    var level = Level.wire

    @Option(help: .init("A rule whose changes never fail; repeat it for more.", valueName: "RULE"))
    var allow: [String] = []

    @Option(help: .init("The format of the report.", valueName: "FORMAT"))
    var format = Report.Format.text

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: .init("The file to write; - is standard output, the default.", valueName: "FILE"),
        completion: .file()
    )
    var output: String?

    @Option(
        name: .customLong("import"),
        help: .init(
            "The spec of a module that both versions may name under `imports`; repeat it for more.",
            valueName: "MODULE=SPEC"
        )
    )
    var imports: [ImportedFile] = []

    @Flag(help: "List all rules, with what a change of each breaks.")
    var rules = false

    func validate() throws {
        for path in [old, new].compactMap(\.self) { try SpecPath.check(path) }
        try ImportedFile.check(imports)
    }

    func run() throws {
        if rules { return try StandardOutput.write(Report.rules.joined(separator: "\n")) }
        let allowed = try allow.map(rule)
        let (oldFile, newFile) = try files()
        let (oldVersion, newVersion) = (try oldFile.read(imports), try newFile.read(imports))
        let report = Report(SpecComparison(oldVersion, newVersion), level: level.effect, allowed: Set(allowed))
        let text = report.text(format)
        if let output {
            let inputs = [oldFile, newFile].map(\.path) + imports.map(\.path)
            try FileDestination.check(outputs: [output], inputs: inputs)
            try OutputText.write(text, to: output)
        } else {
            try StandardOutput.write(String(text.dropLast()))
        }
        if report.fails { throw ExitCode(1) }
    }

    /// Returns the rule called `name`.
    private func rule(_ name: String) throws -> Rule {
        if let rule = Rule(rawValue: name) { return rule }
        let other = nearMiss(of: name, among: Rule.allCases.map(\.rawValue))
        let advice = other.map { "did you mean \($0)?" } ?? "see switchboard diff --rules"
        throw ValidationError("--allow: there is no rule \(name); \(advice)")
    }

    /// Returns the two versions of the command line.
    private func files() throws -> (old: VersionedFile, new: VersionedFile) {
        guard let old else { throw ValidationError("Missing expected argument '<OLD>'.") }
        let first = try VersionReference(old)
        guard let new else {
            guard first.revision == nil, let path = first.path else {
                throw ValidationError("\(old) needs another version to compare with, such as a file: diff \(old) FILE")
            }
            let head = try GitRevision("HEAD")
            return (VersionedFile(path: path, revision: head), VersionedFile(path: path, revision: nil))
        }
        let second = try VersionReference(new)
        guard let path = first.path ?? second.path else {
            throw ValidationError("\(old) and \(new) name no file: write \(old):FILE, with the path from here")
        }
        return (
            VersionedFile(path: path, revision: first.revision),
            VersionedFile(path: second.path ?? path, revision: second.revision)
        )
    }
}

/// A version on the command line: a file, `git:REF` or `git:REF:FILE`.
private struct VersionReference {
    let path: String?
    let revision: GitRevision?

    init(_ text: String) throws {
        let prefix = "git:"
        guard text.hasPrefix(prefix) else {
            (path, revision) = (text, nil)
            return
        }
        let parts = text.dropFirst(prefix.count).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        revision = try GitRevision(String(parts[0]))
        path = parts.count == 2 ? String(parts[1]) : nil
    }
}

/// The file of a version, as it is or in a git revision.
private struct VersionedFile {
    let path: String
    let revision: GitRevision?

    /// Reads the spec.
    ///
    /// Its warnings are not printed: `check` prints them.
    func read(_ imports: [ImportedFile]) throws -> SpecVersion {
        let paths = Dictionary(imports.map { ($0.module, $0.path) }) { _, last in last }
        let (spec, lines) = try SpecFile(path, imports: paths, revision: revision).read()
        guard let spec else { throw SpecMistakes(lines: lines) }
        return SpecVersion(spec, name: revision?.name(of: path) ?? path, path: path)
    }
}

/// The value of `--level`.
enum Level: String, CaseIterable, ExpressibleByArgument {
    case wire, source, behaviour, any

    /// The least effect that fails.
    var effect: Effect {
        switch self {
        case .wire: .wire
        case .source: .source
        case .behaviour: .behaviour
        case .any: .compatible
        }
    }
}

extension Report.Format: ExpressibleByArgument {}
