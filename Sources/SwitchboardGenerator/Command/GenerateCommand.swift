internal import SwitchboardSpec

/// Makes Swift source of a spec: `switchboard-generate SPEC --output FILE`.
///
/// Mistakes go to standard error, a line each, and end it with status 1: nothing is written then. What it was asked
/// wrongly, or cannot read or write, ends it with status 2.
struct GenerateCommand {
    static let usage = """
        usage: switchboard-generate SPEC --output FILE [--replies FILE] [--import MODULE=SPEC]…

          SPEC                 the protocol.yaml to read
          --output FILE        the Swift file to write; left alone when it would stay the same
          --replies FILE       another for the types and what only the server sends: two compile faster than one
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
