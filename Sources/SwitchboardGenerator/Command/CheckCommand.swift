internal import SwitchboardSpec

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
            "\(arguments.specPath): \(spec.name) is in order: \(parts.compactMap(\.self).joined(separator: ", "))"
        )
    }

    private static func count(_ count: Int, _ noun: String) -> String? {
        count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
