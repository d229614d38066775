import Dispatch
import Glibc
import SwitchboardServer

/// The terminal as a screen that is drawn again and again, with keys that act at once.
///
/// While it is open, the terminal shows a screen of its own, no cursor and no input.
final class LiveTerminal: Sendable {
    /// What the user does.
    enum Input: Sendable {
        case key(UInt8)
        case resized
        /// A signal that ends programs.
        case signal(Int32)
        /// The end of standard input.
        case end
    }

    private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// The size of a terminal that does not tell its own.
    private static let usualSize = (rows: 24, columns: 80)

    /// The smallest number of rows that is drawn.
    private static let minimumRows = 4

    // Alternate screen, no cursor, no line breaks at the edge; and back.
    private static let begin = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
    private static let end = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

    private let usual: termios
    private let trap: SignalTrap

    /// Opens the terminal; `nil` when standard input or output is no terminal that can be drawn on.
    ///
    /// - Parameter receive: Called for each input, on other threads.
    init?(_ receive: @escaping @Sendable (Input) -> Void) {
        var usual = termios()
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, EnvironmentVariable.text("TERM") != "dumb",
            unsafe tcgetattr(STDIN_FILENO, &usual) == 0
        else { return nil }
        self.usual = usual
        trap = SignalTrap(Self.ending + [SIGWINCH]) { receive($0 == SIGWINCH ? .resized : .signal($0)) }
        var direct = usual
        direct.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        unsafe withUnsafeMutableBytes(of: &direct.c_cc) { characters in
            unsafe characters[Int(VMIN)] = 1
            unsafe characters[Int(VTIME)] = 0
        }
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &direct)
        try? Terminal.put(Self.begin)
        DispatchQueue(label: "switchboard.keys").async { Self.read(receive) }
    }

    /// The number of rows and columns.
    var size: (rows: Int, columns: Int) {
        var size = winsize()
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 && size.ws_col > 0
        guard isKnown else { return Self.usualSize }
        return (max(Int(size.ws_row), Self.minimumRows), Int(size.ws_col))
    }

    /// Draws lines from the top of the screen; what does not fit is cut off.
    ///
    /// - Throws: An ``OutputError`` when the terminal has gone.
    func draw(_ lines: [(text: String, isHeading: Bool)]) throws(OutputError) {
        let (rows, columns) = size
        let shown = lines.prefix(rows).map { line in
            let text = line.text.prefix(columns)
            return (line.isHeading ? "\u{1B}[1m\(text)\u{1B}[0m" : text) + "\u{1B}[K"
        }
        try Terminal.put("\u{1B}[H" + shown.joined(separator: "\r\n") + "\u{1B}[J")
    }

    /// Gives the terminal its previous state.
    func close() {
        try? Terminal.put(Self.end)
        var usual = usual
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &usual)
        trap.release()
    }

    /// Reads keys until standard input ends.
    private static func read(_ receive: (Input) -> Void) {
        while true {
            var key: UInt8 = 0
            let count = unsafe Glibc.read(STDIN_FILENO, &key, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return receive(.end) }
            // The terminal passes Ctrl-C on as a character.
            receive(key == 3 ? .signal(SIGINT) : .key(key))
        }
    }
}
