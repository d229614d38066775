import ArgumentParser
import Dispatch
import Glibc
import Switchboard

/// Where the program begins.
@main
enum Main {
    /// Runs the command in a task.
    ///
    /// The main thread waits for signals meanwhile: it is the one thread that is always there.
    static func main() {
        // First of all: a signal that comes now is kept until it is known which command is run.
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
