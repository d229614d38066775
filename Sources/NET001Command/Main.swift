// The command net001, from the command line to its end:
//
//  1. Main                reads the command line, and checks all settings. UnknownCommand suggests a command.
//  2. Options/Setting     declares an option: its variable, range, default and help. The other files of Options/ are groups.
//  3. Commands/           has a file for each command. Commands/Serve makes a server from its settings.
//  4. Services/           runs beside the server: signals, reloading, the service manager.
//  5. Admin/              serves metrics, health and connections over HTTP.
//  6. Load/               is the load generator of the command load.
//  7. Logs/, Output/      write the log and the results, and read input. Output/Ending prints errors.

import ArgumentParser
import Dispatch
import Glibc
import Switchboard

/// The beginning of the program.
@main
enum Main {
    /// Runs the command in a task.
    ///
    /// The main thread waits for signals, because it exists even when the system has no threads left.
    static func main() {
        // This comes first, so that the kernel keeps a signal that arrives before the command is known.
        let usual = ServerSignals.block()
        StandardStreams.prepare()
        do {
            try UnknownCommand.check(CommandLine.arguments.dropFirst())
            let command = try Net001.parseAsRoot()
            try command.checkSettings()
            if let serve = command as? Serve {
                try serve.checkThreads()
                run(serve)
                ServerSignals.shared.act()
            } else {
                ServerSignals.restore(usual)
                run(command)
                DispatchSemaphore(value: 0).wait()
            }
        } catch {
            Ending.exit(with: error)
        }
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
            option names. The command line overrides the environment.
            """,
        version: "net001 \(Version.current)",
        subcommands: [
            Serve.self, Ping.self, Echo.self, Broadcast.self, Auth.self, Send.self, Listen.self, Load.self,
            HashToken.self, Healthcheck.self,
        ],
        defaultSubcommand: Serve.self
    )
}
