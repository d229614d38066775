internal import SwitchboardSpec

/// The tool: one command for each thing that can be made of a spec.
package enum Tool {
    /// Does what the program's arguments say, and ends the program when it cannot.
    package static func main() {
        do throws(CommandError) {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            StandardError.write(error.lines)
            exitProcess(error.status)
        }
    }

    static func run(_ arguments: [String]) throws(CommandError) {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "check": try CheckCommand(rest).run()
        case "format": try FormatCommand(rest).run()
        case "tests": try TestsCommand(rest).run()
        case "vectors": try VectorsCommand(rest).run()
        default: try GenerateCommand(arguments).run()
        }
    }
}

/// Why the command failed.
enum CommandError: Error {
    /// It was called wrongly.
    case usage(String)
    /// It was asked how it is called.
    case help(String)
    /// A file could not be read or written.
    case file(String)
    /// The spec has mistakes: a line each.
    case mistakes([String])

    var lines: [String] {
        switch self {
        case .usage(let message), .file(let message): ["switchboard-generate: error: \(message)"]
        case .help(let text): [text]
        case .mistakes(let lines): lines
        }
    }

    var status: Int32 {
        switch self {
        case .help: 0
        case .mistakes: 1
        case .usage, .file: 2
        }
    }
}

/// Makes Swift source of a spec: `switchboard-generate SPEC --output FILE`.
///
/// Mistakes go to standard error, a line each, and end it with status 1: nothing is written then. What it was asked
/// wrongly, or cannot read or write, ends it with status 2.
struct GenerateCommand {
    static let usage = """
        usage: switchboard-generate SPEC --output FILE [--replies FILE] [--import MODULE=SPEC]…

          SPEC                 the protocol.yaml to read
          --output FILE        the Swift file to write; unchanged if its content is up to date
          --replies FILE       a second Swift file, for types and for messages that only the server sends:
                               two files compile faster than one
          --import MODULE=SPEC the spec of a module that SPEC may name under `imports`

        Other commands: check, format, tests, vectors; each has --help.
        """

    private let arguments: SpecArguments

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(
            arguments,
            needsOutput: true,
            furtherOutputs: ["--replies"],
            usage: Self.usage
        )
    }

    func run() throws(CommandError) {
        let spec = try arguments.readSpec()
        let file = arguments.fileName
        guard let replies = arguments.options["--replies"] else {
            return try arguments.write(SwiftGenerator.source(for: spec, file: file))
        }
        try arguments.write(SwiftGenerator.source(for: spec, file: file, part: .requests))
        try arguments.write(SwiftGenerator.source(for: spec, file: file, part: .replies), to: replies)
    }
}

/// Says what a spec has, or what is wrong with it: `switchboard-generate check SPEC`.
struct CheckCommand {
    private static let usage = "usage: switchboard-generate check SPEC [--import MODULE=SPEC]…"

    private let arguments: SpecArguments

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(arguments, needsOutput: false, usage: Self.usage)
    }

    func run() throws(CommandError) {
        let spec = try arguments.readSpec()
        let examples = spec.messages.reduce(0) { $0 + $1.examples.count }
        let malformed = spec.messages.reduce(0) { $0 + $1.malformed.count }
        let imported = spec.allMessages.count - spec.messages.count
        let parts = [
            Self.count(spec.messages.count, "message"), Self.count(spec.types.count, "type"),
            Self.count(examples, "example"), malformed > 0 ? "\(malformed) malformed" : nil,
            imported > 0 ? "\(imported) imported messages" : nil,
        ]
        try StandardOutput.write(
            "\(arguments.specPath): \(spec.name) is valid: \(parts.compactMap(\.self).joined(separator: ", "))"
        )
    }

    private static func count(_ count: Int, _ noun: String) -> String? {
        count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// Lays a spec out anew: `switchboard-generate format SPEC`.
///
/// Nothing but white space changes: comments, quotes and the order of everything stay.
struct FormatCommand {
    private static let usage = "usage: switchboard-generate format SPEC"

    private let arguments: SpecArguments

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(arguments, needsOutput: false, usage: Self.usage)
    }

    func run() throws(CommandError) {
        let path = arguments.specPath
        // Before it is read: reading a FIFO may never end.
        _ = try FileDestination(path)
        let file = try File.read(path, atMost: SpecLimits.fileBytes + 1)
        let formatted: [UInt8]
        do throws(SpecFormatter.Problem) {
            formatted = try SpecFormatter.format(file)
        } catch {
            throw .mistakes(error.lines(path: path))
        }
        guard formatted != file else { return }
        try File.write(formatted, to: path)
        try StandardOutput.write("\(path): formatted")
    }
}

/// Makes a test suite of the examples of a spec: `switchboard-generate tests SPEC --module MODULE --output FILE`.
struct TestsCommand {
    private static let usage =
        "usage: switchboard-generate tests SPEC --module MODULE --output FILE [--import MODULE=SPEC]…"

    private let arguments: SpecArguments
    private let module: String

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(arguments, needsOutput: true, options: ["--module"], usage: Self.usage)
        guard let module = self.arguments.options["--module"] else {
            throw .usage("--module requires the name of the module that has the protocol. \(Self.usage)")
        }
        guard Identifier.isModuleName(module) else {
            throw .usage(
                "--module \(module.visible) is not the name of a module, which has only letters, digits and `_`: "
                    + "the module of a target `my-chat` is `my_chat`. \(Self.usage)"
            )
        }
        self.module = module
    }

    func run() throws(CommandError) {
        let spec = try arguments.readSpec()
        var writer = SourceWriter()
        writer.line("// Generated from \(arguments.fileName.visible), by `swift package protocol tests`.")
        writer.blank()
        TestsRenderer(spec, module: module).render(into: &writer)
        try arguments.write(writer.text)
    }
}

/// Makes test vectors for other languages of the examples of a spec: `switchboard-generate vectors SPEC --output FILE`.
struct VectorsCommand {
    private static let usage = "usage: switchboard-generate vectors SPEC --output FILE [--import MODULE=SPEC]…"

    private let arguments: SpecArguments

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(arguments, needsOutput: true, usage: Self.usage)
    }

    func run() throws(CommandError) {
        let spec = try arguments.readSpec()
        try arguments.write(VectorsRenderer(spec).render().text)
    }
}

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
                guard let path = rest.popFirst() else { throw .usage("--output requires a file. \(usage)") }
                outputs.append(path)
            case "--import":
                let parts = rest.popFirst()?.split(separator: "=", maxSplits: 1) ?? []
                guard parts.count == 2 else { throw .usage("--import requires MODULE=SPEC. \(usage)") }
                imports[String(parts[0])] = String(parts[1])
            case _ where known.contains(argument) || furtherOutputs.contains(argument):
                guard let value = rest.popFirst() else { throw .usage("\(argument) requires a value. \(usage)") }
                options[argument] = value
            case _ where argument.hasPrefix("-"): throw .usage("unknown option \(argument). \(usage)")
            default: paths.append(argument)
            }
        }
        guard paths.count == 1, !paths[0].isEmpty, outputs.count == (needsOutput ? 1 : 0), outputs.first != "" else {
            throw .usage(needsOutput ? "give one SPEC and one --output. \(usage)" : "give one SPEC. \(usage)")
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
