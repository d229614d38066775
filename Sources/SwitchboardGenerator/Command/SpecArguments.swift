internal import SwitchboardSpec

/// What every command of the tool is told: the spec, what it may import, and where the result goes.
struct SpecArguments {
    let specPath: String
    let outputPath: String?
    /// The values of the options that only some commands have, by their names.
    let options: [String: String]
    private let imports: [String: String]
    /// All files that the command writes.
    private let outputs: [String]

    /// - Parameters:
    ///   - needsOutput: Whether `--output` must be given; otherwise it must not.
    ///   - options: Further options, each with a value.
    ///   - furtherOutputs: Further options, each with a file to write.
    init(
        _ arguments: [String],
        needsOutput: Bool,
        options known: Set<String> = [],
        furtherOutputs: Set<String> = [],
        usage: String
    ) throws(CommandError) {
        var (paths, outputs): ([String], [String]) = ([], [])
        var (imports, options): ([String: String], [String: String]) = ([:], [:])
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": throw .help(usage)
            case "--output" where needsOutput:
                guard let path = rest.popFirst() else { throw .usage("--output needs a file. \(usage)") }
                outputs.append(path)
            case "--import":
                let parts = rest.popFirst()?.split(separator: "=", maxSplits: 1) ?? []
                guard parts.count == 2 else { throw .usage("--import needs MODULE=SPEC. \(usage)") }
                imports[String(parts[0])] = String(parts[1])
            case _ where known.contains(argument) || furtherOutputs.contains(argument):
                guard let value = rest.popFirst() else { throw .usage("\(argument) needs a value. \(usage)") }
                options[argument] = value
            case _ where argument.hasPrefix("-"): throw .usage("unknown option \(argument). \(usage)")
            default: paths.append(argument)
            }
        }
        guard paths.count == 1, !paths[0].isEmpty, outputs.count == (needsOutput ? 1 : 0), outputs.first != "" else {
            throw .usage(needsOutput ? "one spec and one output are needed. \(usage)" : "one spec is needed. \(usage)")
        }
        (specPath, outputPath) = (paths[0], outputs.first)
        (self.imports, self.options) = (imports, options)
        self.outputs = outputs + furtherOutputs.sorted().compactMap { options[$0] }
    }

    /// The name of the spec's file, without its folders.
    var fileName: String { specPath.split(separator: "/").last.map(String.init) ?? specPath }

    /// Checks where the outputs go, reads the spec, and prints the warnings.
    ///
    /// - Throws: ``CommandError/mistakes(_:)`` when the spec has some, ``CommandError/file(_:)`` when an output would
    ///   overwrite an input or another output, or is no regular file.
    func readSpec() throws(CommandError) -> CheckedSpec {
        try FileDestination.check(outputs: outputs, inputs: [specPath] + imports.values.sorted())
        let file = try File.read(specPath, atMost: SpecLimits.fileBytes + 1)
        let outcome = SpecReader.read(file, importer: importer)
        let lines = outcome.diagnostics.flatMap { $0.lines(path: specPath) }
        guard let spec = outcome.spec else { throw .mistakes(lines) }
        StandardError.write(lines)
        return spec
    }

    /// Makes `text` the content of the output, and leaves the file alone when it has it already: that spares a build what
    /// depends on it.
    func write(_ text: String) throws(CommandError) {
        guard let outputPath else { return }
        try write(text, to: outputPath)
    }

    /// Makes `text` the content of the file at `path`, as the output.
    func write(_ text: String, to path: String) throws(CommandError) {
        let bytes = Array(text.utf8)
        if (try? File.read(path, atMost: bytes.count + 1)) == bytes { return }
        try File.write(bytes, to: path)
    }

    private var importer: SpecImporter {
        SpecImporter(Array(imports.keys)) { [imports] module in
            guard let path = imports[module] else { return nil }
            let bytes = try? File.read(path, atMost: SpecLimits.fileBytes + 1)
            return bytes.map { SpecImporter.File(path: path, bytes: $0) }
        }
    }
}
