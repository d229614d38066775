/// A typed line: a command, or text to send.
enum Command: Equatable {
    case nothing
    case say(String)
    case join(String)
    case who
    case help
    case quit

    static let usage = "/who  /join ROOM  /quit, or a text to send"

    init(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first, words.dropFirst().first) {
        case (nil, _): self = .nothing
        case ("/who", nil): self = .who
        case ("/quit", nil): self = .quit
        case ("/join", let room?): self = .join(room)
        case (let word?, _) where word.hasPrefix("/"): self = .help
        default: self = .say(line)
        }
    }
}
