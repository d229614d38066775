import Foundation

/// What the command writes to people, and asks them.
enum Terminal {
    /// Writes a line at once, also into a pipe.
    static func print(_ line: String, to file: FileHandle = .standardOutput) {
        write(line + "\n", to: file)
    }

    /// Writes `text` at once.
    ///
    /// Where it cannot be written there is nobody to tell.
    static func write(_ text: String, to file: FileHandle) {
        try? file.write(contentsOf: Data(text.utf8))
    }

    /// Asks for a line without showing it; `nil` when the input ends first.
    static func readSecret(prompt: String) -> String? {
        write(prompt, to: .standardError)
        var shown = termios()
        let isTerminal = unsafe tcgetattr(STDIN_FILENO, &shown) == 0
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        if isTerminal { _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) }
        defer {
            if isTerminal { _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) }
            write("\n", to: .standardError)
        }
        return readLine()
    }
}
