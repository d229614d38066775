internal import SwitchboardSpec

/// Makes Swift source of a spec: `switchboard-generate SPEC --output FILE`.
///
/// Mistakes go to standard error, a line each, and end it with status 1: nothing is written then. What it was asked
/// wrongly, or cannot read or write, ends it with status 2.
struct GenerateCommand {
    static let usage = """
        usage: switchboard-generate SPEC --output FILE [--import MODULE=SPEC]…

          SPEC                 the protocol.yaml to read
          --output FILE        the Swift file to write; left alone when it would stay the same
          --import MODULE=SPEC the spec of a module that SPEC may name under `imports`

        Other commands: check, format, tests, vectors; each has --help.
        """

    private let arguments: SpecArguments

    init(_ arguments: [String]) throws(CommandError) {
        self.arguments = try SpecArguments(arguments, needsOutput: true, usage: Self.usage)
    }

    func run() throws(CommandError) {
        let spec = try arguments.readSpec()
        try arguments.write(SwiftGenerator.source(for: spec, file: arguments.fileName))
    }
}
