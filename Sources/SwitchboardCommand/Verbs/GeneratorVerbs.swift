internal import ArgumentParser
internal import SwitchboardGenerator

// The verbs that `switchboard-generate` has, too.

/// Checks a spec: `switchboard check SPEC`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a summary of a spec, or its mistakes.",
        discussion: """
            The exit status is 1 if the spec has mistakes.

            Example: switchboard check protocol.yaml
            """
    )

    @OptionGroup var spec: SpecOptions

    func run() { Tool.run("check", spec.arguments, program: "switchboard") }
}

/// Formats a spec: `switchboard format SPEC`.
struct Format: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Format a spec in place.",
        discussion: """
            Only white space changes. Comments, quotes and the order of the keys stay.

            Example: switchboard format protocol.yaml
            """
    )

    @Argument(
        help: .init("The protocol.yaml to format.", valueName: "SPEC"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var spec: String

    func validate() throws { try SpecPath.check(spec) }

    func run() { Tool.run("format", [spec], program: "switchboard") }
}

/// Generates a test suite: `switchboard tests SPEC --module MODULE --output FILE`.
struct Tests: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a Swift test suite of a spec's examples.",
        discussion: "Example: switchboard tests protocol.yaml --module Chat -o Tests/ChatTests/ExampleTests.swift"
    )

    @OptionGroup var spec: SpecOptions

    @Option(help: .init("The Swift module that has the protocol.", valueName: "MODULE"))
    var module: String

    @OptionGroup var output: FileOptions

    func validate() throws {
        if let problem = Tool.problem(inModule: module) { throw ValidationError(problem) }
    }

    func run() {
        Tool.run("tests", spec.arguments + ["--module", module] + output.arguments, program: "switchboard")
    }
}

/// Exports examples: `switchboard vectors SPEC --output FILE`.
struct Vectors: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a spec's examples as JSON, for other languages.",
        discussion: "Example: switchboard vectors protocol.yaml -o vectors.json"
    )

    @OptionGroup var spec: SpecOptions
    @OptionGroup var output: FileOptions

    func run() { Tool.run("vectors", spec.arguments + output.arguments, program: "switchboard") }
}
