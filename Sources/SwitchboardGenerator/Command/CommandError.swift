/// Why the command failed.
enum CommandError: Error {
    /// It was called wrongly.
    case usage(String)
    /// A file could not be read or written.
    case file(String)
    /// The spec has mistakes: a line each.
    case mistakes([String])

    var lines: [String] {
        switch self {
        case .usage(let message), .file(let message): ["switchboard-generate: error: \(message)"]
        case .mistakes(let lines): lines
        }
    }

    var status: Int32 {
        if case .mistakes = self { 1 } else { 2 }
    }
}
