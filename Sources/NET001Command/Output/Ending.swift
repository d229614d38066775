import ArgumentParser
import Glibc
import NET001
import Switchboard

/// How the program ends when a command cannot go on, or has only been asked for help.
enum Ending {
    /// The status of a program whose reader has gone: what a shell reports when SIGPIPE ends one.
    private static let closedPipeStatus: Int32 = 128 + SIGPIPE

    /// Says what `error` is, in one line or, of several settings, in one line each, and ends the process.
    static func exit(with error: any Error) -> Never {
        if let errors = error as? SettingErrors {
            for message in errors.messages { Terminal.report("Error: \(message.visible)") }
            Glibc.exit(ExitCode.validationFailure.rawValue)
        }
        let status = Net001.exitCode(for: error).rawValue
        if status == EXIT_SUCCESS {
            // Help and the version are asked for, and are what the command prints.
            do {
                try Terminal.print(Net001.fullMessage(for: error))
            } catch {
                exit(with: error)
            }
            Glibc.exit(status)
        }
        if (error as? OutputError)?.isClosedPipe == true { Glibc.exit(closedPipeStatus) }
        if !(error is ExitCode) { Terminal.report("Error: \(line(for: error))") }
        Glibc.exit(status)
    }

    private static func line(for error: any Error) -> String {
        switch error {
        case let error as NET001.Error: return "the server answered \(ServerErrors.text(of: error))"
        case let error as ClientError:
            let advice = error.fault.flatMap { ServerErrors.advice(for: $0) }
            return "\(error)".visible + (advice.map { ": \($0)" } ?? "")
        default: break
        }
        let message = Net001.message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ").visible
        // Of a mistake in how the arguments are put together ArgumentParser knows which command it is about.
        let usage = Net001.fullMessage(for: error).split(whereSeparator: \.isNewline).first { $0.hasPrefix("Usage: ") }
        guard let usage, !(error is ValidationError) else { return message }
        return "\(message)\(message.hasSuffix(".") ? "" : ".") \(usage)"
    }
}
