internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec

/// The end of the program after an error, or after help.
enum Ending {
    /// Prints `error`, and ends the process.
    ///
    /// Mistakes of a spec have a line each, and end the process with status 1. Every other error has one line, and ends the process with
    /// status 1, with 2 for a file that cannot be read or written, or with 64 for a mistake on the command line, which has the usage of `verb`.
    static func exit(with error: any Error, of verb: any ParsableCommand.Type) -> Never {
        if let mistakes = error as? SpecMistakes {
            StandardError.write(mistakes.lines)
            exitProcess(1)
        }
        if error is FileError {
            StandardError.write(["switchboard: error: \(error)"])
            exitProcess(2)
        }
        let status = SwitchboardCommand.exitCode(for: error).rawValue
        guard status != 0, !(error is ExitCode) else { SwitchboardCommand.exit(withError: error) }
        StandardError.write(["switchboard: error: \(line(for: error, of: verb))"])
        exitProcess(status)
    }

    private static let usage = "Usage: "

    private static func line(for error: any Error, of verb: any ParsableCommand.Type) -> String {
        let message = SwitchboardCommand.message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
        let lines = verb.fullMessage(for: error).split(whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.hasPrefix(usage) }) else { return message }
        // The usage of a verb that has begun to run does not have the name of the program.
        let words = line.dropFirst(usage.count)
        let program = words.hasPrefix("switchboard ") ? "" : "switchboard "
        return "\(message)\(message.hasSuffix(".") ? "" : ".") \(usage)\(program)\(words)"
    }
}

/// The mistakes of a spec, a line each.
struct SpecMistakes: Error {
    let lines: [String]

    /// The mistakes with these lines.
    init(lines: [String]) {
        self.lines = lines
    }

    /// The mistakes of the spec at `path`.
    init(_ diagnostics: [Diagnostic], path: String) {
        lines = diagnostics.flatMap { $0.lines(path: path) }
    }
}
