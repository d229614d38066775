internal import SwitchboardFiles
internal import SwitchboardSpec

/// The tool `switchboard-generate`, with one command for each kind of output.
package enum Tool {
    /// The name of the tool.
    static let name = "switchboard-generate"

    /// Runs the command in the arguments of the program; exits with an error status if it fails.
    package static func main() {
        end { () throws(CommandError) in try run(Array(CommandLine.arguments.dropFirst())) }
    }

    /// Runs one command for another program; exits with an error status if it fails.
    ///
    /// - Parameters:
    ///   - command: `check`, `format`, `tests` or `vectors`.
    ///   - program: The name that begins the lines of errors.
    package static func run(_ command: String, _ arguments: [String], program: String) {
        end(program) { () throws(CommandError) in try run([command] + arguments) }
    }

    /// Returns why `module`, the value of `--module`, cannot be the name of a module; `nil` if it can.
    package static func problem(inModule module: String) -> String? {
        guard !Identifier.isModuleName(module) else { return nil }
        return "--module \(module.visible) is not the name of a module, which has only letters, digits and `_`: "
            + "the module of a target `my-chat` is `my_chat`"
    }

    private static func end(_ program: String = name, _ body: () throws(CommandError) -> Void) {
        do throws(CommandError) {
            try body()
        } catch {
            StandardError.write(error.lines(of: program))
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
        case let word? where isUnknownCommand(word, before: rest):
            let commands = "use check, format, tests or vectors, or no command to generate Swift"
            throw .usage("unknown command \(word.visible): \(commands)")
        default: try GenerateCommand(arguments).run()
        }
    }

    /// Whether `word` looks like a command, not like the spec of a command line without one.
    private static func isUnknownCommand(_ word: String, before rest: [String]) -> Bool {
        guard let next = rest.first, !next.hasPrefix("-") else { return false }
        return !word.contains { "-./".contains($0) }
    }
}

/// The error that ends a command.
enum CommandError: Error {
    /// The arguments are wrong.
    case usage(String)
    /// The user asked for help.
    case help(String)
    /// A file could not be read or written.
    case file(FileError)
    /// The spec has mistakes, each with one line.
    case mistakes([String])

    /// Returns the result of `body`, whose errors become ``file(_:)``.
    static func catching<Result>(_ body: () throws(FileError) -> Result) throws(CommandError) -> Result {
        do { return try body() } catch { throw .file(error) }
    }

    /// The lines to print; those that are not about a spec begin with the name of `program`.
    func lines(of program: String = Tool.name) -> [String] {
        switch self {
        case .usage(let message): ["\(program): error: \(message.replacing(Tool.name, with: program))"]
        case .file(let error): ["\(program): error: \(error.description)"]
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

/// Generates Swift source from a spec: `switchboard-generate SPEC --output FILE`.
///
/// For mistakes in the spec, it prints a line each to standard error, writes no file and exits with status 1. For wrong
/// arguments and files that cannot be read or written, it exits with status 2.
struct GenerateCommand {
    static let usage = """
        usage: switchboard-generate SPEC --output FILE [--separate NAME=FILE]… [--import MODULE=SPEC]…

          SPEC                 the protocol.yaml to read
          --output FILE        the Swift file to write, - for standard output; unchanged if its content is up to date
          --separate NAME=FILE a Swift file for the message or type NAME alone; without source if SPEC has no NAME
          --import MODULE=SPEC the spec of a module that SPEC may name under `imports`

        Other commands: check, format, tests, vectors; each has --help.
        """

    private let arguments: SpecArguments

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(arguments, needsOutput: true, hasSeparateOutputs: true, usage: Self.usage)
    }

    func run() throws(CommandError) {
        let spec = try arguments.readSpec()
        let file = arguments.fileName
        let outputs = arguments.separateOutputs
        let files = SwiftGenerator.files(for: spec, file: file, separating: Set(outputs.keys))
        for (name, path) in outputs.sorted(by: { $0.key < $1.key }) {
            // The package manager knows the outputs of an earlier version of the spec, and compiles each of them.
            let source = files.separate[name] ?? "// \(file.visible) has no message or type `\(name.visible)`.\n"
            try arguments.write(source, to: path)
        }
        try arguments.write(files.main)
    }
}

/// Prints a summary of a spec, or its mistakes: `switchboard-generate check SPEC`.
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
        let summary = "\(spec.name) is valid: \(parts.compactMap(\.self).joined(separator: ", "))"
        try CommandError.catching { () throws(FileError) in
            try StandardOutput.write("\(arguments.specPath.visible): \(summary)")
        }
    }

    private static func count(_ count: Int, _ noun: String) -> String? {
        count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// Formats a spec: `switchboard-generate format SPEC`.
///
/// Only white space changes; comments, quotes and the order of the keys stay.
struct FormatCommand {
    private static let usage = "usage: switchboard-generate format SPEC"

    private let arguments: SpecArguments

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(arguments, needsOutput: false, usage: Self.usage)
    }

    func run() throws(CommandError) {
        let path = arguments.specPath
        let file = try CommandError.catching { () throws(FileError) in
            // Before it is read, because reading a FIFO may never end.
            _ = try FileDestination(path)
            return try File.read(path, atMost: SpecLimits.fileBytes + 1)
        }
        let formatted: [UInt8]
        do throws(SpecFormatter.Problem) {
            formatted = try SpecFormatter.format(file)
        } catch {
            throw .mistakes(error.lines(path: path))
        }
        guard formatted != file else { return }
        try CommandError.catching { () throws(FileError) in
            try File.write(formatted, to: path)
            try StandardOutput.write("\(path.visible): formatted")
        }
    }
}

/// Generates a test suite from the examples of a spec: `switchboard-generate tests SPEC --module MODULE --output FILE`.
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
        if let problem = Tool.problem(inModule: module) { throw .usage("\(problem). \(Self.usage)") }
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

/// Generates test vectors for other languages from the examples of a spec: `switchboard-generate vectors SPEC --output
/// FILE`.
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

/// The arguments of a command: the spec, the specs that it may import, and the outputs.
struct SpecArguments {
    let specPath: String
    let outputPath: String?
    /// The values of the options that only some commands have, by name.
    let options: [String: String]
    /// The files for single messages and types, by their names.
    let separateOutputs: [String: String]
    /// The spec, and the specs that it may import.
    private let file: SpecFile
    /// The files that the command writes.
    private let outputs: [String]

    /// - Parameters:
    ///   - needsOutput: Whether `--output` is required; otherwise it is not allowed.
    ///   - options: Additional options, each with a value.
    ///   - hasSeparateOutputs: Whether the command has `--separate`.
    init(
        _ arguments: [String],
        needsOutput: Bool,
        options known: Set<String> = [],
        hasSeparateOutputs: Bool = false,
        usage: String
    ) throws(CommandError) {
        var (paths, outputs): ([String], [String]) = ([], [])
        var (imports, separate, options): ([String: String], [String: String], [String: String]) = ([:], [:], [:])
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": throw .help(usage)
            case "--output" where needsOutput:
                guard let path = rest.popFirst() else { throw .usage("--output requires a file. \(usage)") }
                outputs.append(path)
            case "--import":
                guard let (module, path) = Self.pair(rest.popFirst()) else {
                    throw .usage("--import requires MODULE=SPEC. \(usage)")
                }
                guard imports.updateValue(path, forKey: module) == nil else {
                    throw .usage("--import names the module \(module.visible) twice: remove one. \(usage)")
                }
            case "--separate" where hasSeparateOutputs:
                guard let (name, path) = Self.pair(rest.popFirst()) else {
                    throw .usage("--separate requires NAME=FILE. \(usage)")
                }
                guard separate.updateValue(path, forKey: name) == nil else {
                    throw .usage("--separate names \(name.visible) twice: remove one. \(usage)")
                }
            case _ where known.contains(argument):
                guard let value = rest.popFirst() else { throw .usage("\(argument) requires a value. \(usage)") }
                options[argument] = value
            case _ where argument.hasPrefix("-"): throw .usage("unknown option \(argument.visible). \(usage)")
            default: paths.append(argument)
            }
        }
        guard paths.count == 1, !paths[0].isEmpty, outputs.count == (needsOutput ? 1 : 0), outputs.first != "" else {
            throw .usage(needsOutput ? "give one SPEC and one --output. \(usage)" : "give one SPEC. \(usage)")
        }
        (specPath, outputPath) = (paths[0], outputs.first)
        file = SpecFile(paths[0], imports: imports)
        self.options = options
        separateOutputs = separate
        self.outputs = outputs + separate.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Returns the two parts of `NAME=VALUE`; `nil` if one of them is missing.
    private static func pair(_ argument: String?) -> (name: String, value: String)? {
        let parts = argument?.split(separator: "=", maxSplits: 1) ?? []
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    /// The name of the file of the spec, without folders.
    var fileName: String { file.name }

    /// Checks the outputs, reads the spec, and prints the warnings.
    ///
    /// - Throws: ``CommandError/mistakes(_:)`` when the spec has mistakes; ``CommandError/file(_:)`` when an output
    ///   would overwrite an input or another output, or is not a regular file.
    func readSpec() throws(CommandError) -> CheckedSpec {
        let (spec, lines) = try CommandError.catching { () throws(FileError) in
            try FileDestination.check(outputs: outputs, inputs: file.paths)
            return try file.read()
        }
        guard let spec else { throw .mistakes(lines) }
        StandardError.write(lines)
        return spec
    }

    /// Writes `text` to the output, unless the file has this content already.
    ///
    /// `-` is standard output.
    func write(_ text: String) throws(CommandError) {
        guard let outputPath else { return }
        try write(text, to: outputPath)
    }

    /// Writes `text` to the file at `path`, in the same way.
    func write(_ text: String, to path: String) throws(CommandError) {
        try CommandError.catching { () throws(FileError) in try OutputText.write(text, to: path) }
    }
}
