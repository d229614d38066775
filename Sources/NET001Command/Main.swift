// The command net001, from the command line to its end:
//
//  1. Main                reads the command line, and checks all settings. Suggests a command for an unknown one.
//  2. Options/            are the settings of client commands. Those of servers are in SwitchboardApplication.
//  3. Commands/           has a file for each command. Commands/Serve runs a ServerApplication. Commands for operators, such as
//                         status, are in SwitchboardApplication.
//  4. Call/               is the spec of the command call, and its connection. SwitchboardCalling has the rest.
//  5. Load/               is the load generator of the command load.
//  6. Output/             writes the results, and reads input. Output/Ending prints errors.

import ArgumentParser
import Dispatch
import Glibc
import Switchboard
import SwitchboardApplication
import SwitchboardVocabulary
import SwitchboardYAML

/// The beginning of the program.
@main
enum Main {
    /// Runs the command in a task.
    static func main() {
        // The streams come first, so that nothing else gets their descriptors; then the signals, so that one that arrives before the
        // command is known is not lost.
        StandardStreams.prepare()
        ApplicationSignals.shared.trap()
        EnvironmentVariable.setNames(of: "net001", orShort: true)
        do {
            try checkCommand()
            let command = try Net001.parseAsRoot()
            // The command config continues after the first mistakes.
            if !(command is ConfigCommand<Serve>) { try command.checkSettings() }
            if let serve = command as? Serve {
                try serve.server.checkThreads()
            } else {
                ApplicationSignals.shared.release()
            }
            run(command)
            // The main thread exists even when the system has no threads left for the command.
            DispatchSemaphore(value: 0).wait()
        } catch {
            Ending.exit(with: error)
        }
    }

    /// Checks that the first argument is a command.
    private static func checkCommand() throws {
        let commands = Net001.configuration.subcommands.map { $0._commandName }
        guard let unknown = UnknownWord(in: CommandLine.arguments.dropFirst(), among: commands) else { return }
        let hint = unknown.meant.map { "; did you mean \($0.quoted)?" } ?? ""
        throw ValidationError("unknown command \(unknown.name.quoted)\(hint) (see 'net001 --help')")
    }

    /// Runs `command`, which ends the process.
    private static func run(_ command: sending any ParsableCommand) {
        Task {
            do {
                var command = command
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
                exit(EXIT_SUCCESS)
            } catch {
                Ending.exit(with: error)
            }
        }
    }
}

/// The command `net001`: the reference server, and client commands to test it.
struct Net001: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "net001",
        abstract: "Server for the NET-001 protocol, with client commands to test it.",
        usage: "net001 [<subcommand>] [<options>]",
        discussion: """
            Without a subcommand, net001 runs serve. Most options have an environment variable, which the help of the \
            option names. The command line overrides the environment, and the environment overrides the file of --config.
            """,
        version: "net001 \(PackageVersion.current)",
        subcommands: [
            Serve.self, Ping.self, Echo.self, Broadcast.self, Auth.self, Call.self, Send.self, Listen.self, Load.self,
            HashToken.self, ConfigCommand<Serve>.self,
        ] + OperatorCommands.all,
        defaultSubcommand: Serve.self
    )
}
