internal import SwitchboardSpec

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
