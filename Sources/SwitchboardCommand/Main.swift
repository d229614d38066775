// The command switchboard, from the command line to its end:
//
//  1. Main      reads the command line; UnknownVerb suggests a verb.
//  2. Options/  are the arguments that several verbs have.
//  3. Verbs/    has a file for each verb: it reads a spec, and has a module make its output.
//  4. Decoding/ shows the frames in bytes.
//  5. Captures/ takes apart the frames of the connections in a capture.
//  6. Calling/  exchanges frames with a server.
//  7. Serving/  accepts connections, and answers or forwards their frames.
//  8. Output/   writes the output, and prints errors.

internal import ArgumentParser
internal import SwitchboardVocabulary

/// The command `switchboard`: everything that comes out of a spec.
@main
struct SwitchboardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switchboard",
        abstract: "Works with a protocol spec: checks it, and makes everything that is made from it.",
        usage: "switchboard <verb> SPEC [<options>]",
        version: "switchboard \(PackageVersion.current)",
        subcommands: [
            Check.self, Format.self, Tests.self, Vectors.self, Decode.self, Encode.self, Call.self, Listen.self,
            Mock.self, Proxy.self, Docs.self, Diff.self, Wireshark.self, Python.self, CVerb.self,
        ]
    )

    /// Runs the verb of the command line.
    static func main() async {
        var verb: any ParsableCommand.Type = Self.self
        do {
            try ArgumentEncoding.check()
            try UnknownVerb.check(CommandLine.arguments.dropFirst())
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
}
