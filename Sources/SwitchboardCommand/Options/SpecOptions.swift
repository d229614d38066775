internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec

/// The spec of a verb, and the specs that it may import.
struct SpecOptions: ParsableArguments {
    @Argument(
        help: .init("The protocol.yaml to read.", valueName: "SPEC"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var spec: String

    @Option(
        name: .customLong("import"),
        help: .init(
            "The spec of a module that SPEC may name under `imports`; repeat it for more.",
            valueName: "MODULE=SPEC"
        )
    )
    var imports: [ImportedFile] = []

    func validate() throws {
        try SpecPath.check(spec)
        try ImportedFile.check(imports)
    }

    /// The spec's file.
    var file: SpecFile {
        SpecFile(spec, imports: Dictionary(imports.map { ($0.module, $0.path) }) { _, last in last })
    }

    /// Reads the spec, and prints its warnings.
    ///
    /// - Throws: ``SpecMistakes`` when the spec has errors; a `FileError` when the file cannot be read.
    func read() throws -> CheckedSpec {
        let (spec, lines) = try file.read()
        guard let spec else { throw SpecMistakes(lines: lines) }
        StandardError.write(lines)
        return spec
    }

    /// The same arguments for `switchboard-generate`.
    var arguments: [String] { [spec] + imports.flatMap { ["--import", "\($0.module)=\($0.path)"] } }
}

/// The path of a spec on the command line.
enum SpecPath {
    /// Checks that `path` names a file.
    ///
    /// - Throws: A `ValidationError` when `path` is empty or standard input.
    static func check(_ path: String) throws {
        guard path.isEmpty || path == "-" else { return }
        throw ValidationError(
            "SPEC must be the path of a file\(path.isEmpty ? ", and is empty" : ": a spec is not read from standard input")"
        )
    }
}

/// The value of `--import`.
struct ImportedFile: ExpressibleByArgument {
    let module: String
    let path: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            (module, path) = (argument, "")
            return
        }
        (module, path) = (String(parts[0]), String(parts[1]))
    }

    /// Checks the values of all `--import`.
    ///
    /// - Throws: A `ValidationError` when a value has another form, or two have the same module.
    static func check(_ imports: [ImportedFile]) throws {
        var modules: Set<String> = []
        for item in imports {
            guard !item.module.isEmpty, !item.path.isEmpty else {
                let value = item.path.isEmpty ? item.module : "=\(item.path)"
                throw ValidationError(
                    "--import \(value.visible) is not MODULE=SPEC: the name of a module, and the path of its spec"
                )
            }
            guard modules.insert(item.module).inserted else {
                throw ValidationError("--import names the module \(item.module.visible) twice: remove one")
            }
        }
    }
}
