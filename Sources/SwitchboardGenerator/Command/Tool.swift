/// The tool: one command for each thing that can be made of a spec.
package enum Tool {
    /// Does what the program's arguments say, and ends the program when it cannot.
    package static func main() {
        do throws(CommandError) {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            StandardError.write(error.lines)
            exitProcess(error.status)
        }
    }

    static func run(_ arguments: [String]) throws(CommandError) {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "check": try CheckCommand(rest).run()
        case "format": try FormatCommand(rest).run()
        case "tests": try TestsCommand(rest).run()
        case "vectors": try VectorsCommand(rest).run()
        default: try GenerateCommand(arguments).run()
        }
    }
}

/// Why the command failed.
enum CommandError: Error {
    /// It was called wrongly.
    case usage(String)
    /// It was asked how it is called.
    case help(String)
    /// A file could not be read or written.
    case file(String)
    /// The spec has mistakes: a line each.
    case mistakes([String])

    var lines: [String] {
        switch self {
        case .usage(let message), .file(let message): ["switchboard-generate: error: \(message)"]
        case .help(let text): [text]
        case .mistakes(let lines): lines
        }
    }

    var status: Int32 {
        switch self {
        case .help: 0
        case .mistakes: 1
        case .usage, .file: 2
        }
    }
}
