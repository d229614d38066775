import ArgumentParser
import Glibc
import NET001
import Switchboard
import SwitchboardApplication

/// The end of the program after an error, or after help.
enum Ending {
    /// The exit status when the reader of a pipe has gone: the one that a shell reports for SIGPIPE.
    private static let closedPipeStatus: Int32 = 128 + SIGPIPE

    /// Prints `error` in one line, or one line for each invalid setting, and ends the process.
    static func exit(with error: any Error) -> Never {
        if let errors = error as? SettingErrors {
            for message in errors.messages { Terminal.report("Error: \(message.visible)") }
            Glibc.exit(ExitCode.validationFailure.rawValue)
        }
        let status = Net001.exitCode(for: error).rawValue
        if status == EXIT_SUCCESS {
            // Help and the version are not errors, and go to standard output.
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
        // For a mistake in the arguments, ArgumentParser knows the command and its usage.
        let usage = Net001.fullMessage(for: error).split(whereSeparator: \.isNewline).first { $0.hasPrefix("Usage: ") }
        guard let usage, !(error is ValidationError) else { return message }
        return "\(message)\(message.hasSuffix(".") ? "" : ".") \(usage)"
    }
}
