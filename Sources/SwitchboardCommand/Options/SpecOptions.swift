internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec

/// The spec of a verb, and the specs that it may import.
struct SpecOptions: ParsableArguments {
    @Argument(help: "The protocol.yaml to read.", completion: .file(extensions: ["yaml", "yml"]))
    var spec: String

    @Option(
        name: .customLong("import"),
        help: .init(
            "The spec of a module that SPEC may name under `imports`; repeat it for more.",
            valueName: "MODULE=SPEC"
        )
    )
    var imports: [ImportedFile] = []

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

/// The value of `--import`.
struct ImportedFile: ExpressibleByArgument {
    let module: String
    let path: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        (module, path) = (String(parts[0]), String(parts[1]))
    }
}
