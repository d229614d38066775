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
