// The command switchboard, from the command line to its end:
//
//  1. Main      reads the command line, and suggests a verb for an unknown one.
//  2. Options/  are the arguments that several verbs have.
//  3. Verbs/    has a file for each verb: it reads a spec, and has a module make its output.
//  4. Decoding/ takes apart the frames in bytes. SwitchboardCalling shows them, and exchanges frames with a server.
//  5. Captures/ takes apart the frames of the connections in a capture.
//  6. Serving/  accepts connections, and answers or forwards their frames.
//  7. Replaying/ sends the frames of a capture to a server, and compares its answers.
//  8. Output/   writes the output, and prints errors.

internal import ArgumentParser
internal import SwitchboardVocabulary
internal import SwitchboardYAML

/// The command `switchboard`: everything that comes out of a spec.
@main
struct SwitchboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard",
        abstract: "Check the spec of a protocol, and make everything that comes out of it.",
        usage: "switchboard <verb> <SPEC> [<options>]",
        version: "switchboard \(PackageVersion.current)",
        subcommands: [
            Check.self, Format.self, Tests.self, Vectors.self, Decode.self, Encode.self, Call.self, Listen.self,
            Mock.self, Proxy.self, Replay.self, Docs.self, Diff.self, Wireshark.self, Python.self, CVerb.self,
        ]
    )

    /// Runs the verb of the command line.
    static func main() async {
        var verb: any ParsableCommand.Type = Self.self
        do {
            try ArgumentEncoding.check()
            try checkVerb()
            var command = try parseAsRoot()
            verb = type(of: command)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Ending.exit(with: error, of: verb)
        }
    }

    /// Checks that the first argument is a verb.
    private static func checkVerb() throws {
        let verbs = configuration.subcommands.map { $0._commandName }
        guard let unknown = UnknownWord(in: CommandLine.arguments.dropFirst(), among: verbs) else { return }
        let hint = unknown.meant.map { "; did you mean `\($0)`?" } ?? ""
        throw ValidationError("unknown verb `\(unknown.name)`\(hint) (see 'switchboard --help')")
    }
}
