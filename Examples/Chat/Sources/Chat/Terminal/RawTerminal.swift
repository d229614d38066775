#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A terminal in raw mode: it passes on each byte at once and does not echo it.
struct RawTerminal: Sendable {
    private let original: termios

    /// Turns raw mode on, or returns `nil` if standard input or output is not a terminal.
    init?() {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &settings) == 0 else {
            return nil
        }
        original = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Restores the previous mode of the terminal.
    func restore() {
        var settings = original
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Returns the next typed byte, or `nil` at the end of the input.
    static func readByte() -> UInt8? {
        var byte: UInt8 = 0
        return read(STDIN_FILENO, &byte, 1) == 1 ? byte : nil
    }
}
