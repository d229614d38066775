#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A terminal that gives each byte as it is typed, and shows nothing by itself.
struct RawTerminal: Sendable {
    private let original: termios

    /// Takes the terminal, or returns `nil` when standard input or output is none.
    init?() {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else {
            return nil
        }
        original = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Makes the terminal what it was.
    func restore() {
        var settings = original
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// The next byte that is typed; `nil` at the end of the input.
    static func readByte() -> UInt8? {
        var byte: UInt8 = 0
        return read(STDIN_FILENO, &byte, 1) == 1 ? byte : nil
    }
}
