import Glibc
import SwitchboardApplication

/// Reads a line from the terminal without showing it.
///
/// When a signal ends or stops the program meanwhile, as Ctrl-C and Ctrl-Z do, the terminal shows input again.
enum HiddenLine {
    /// The signals that end or stop a program by default.
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    /// Prompts for a line, and returns it.
    ///
    /// - Parameters:
    ///   - prompt: The text before the input, on standard error.
    ///   - limit: The maximum number of bytes of the line.
    /// - Returns: The line; `nil` when the input ends first.
    /// - Throws: A ``CommandError`` when the line cannot be read, or is longer than `limit`.
    static func read(prompt: String, limit: Int) throws(CommandError) -> String? {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw CommandError("cannot read from the terminal: no file descriptor is free")
        }
        defer { for end in ends { close(end) } }
        unsafe signalPipe = ends[1]
        let input = try InputFile(path: "-")
        while true {
            Terminal.show(prompt)
            let received = awaitInput(ends[0])
            Terminal.show("\n")
            guard let received else { return try input.firstLine(limit: limit) }
            Signals.raise(received)
        }
    }

    /// Waits for a line or a signal, without showing the input.
    ///
    /// - Returns: The signal; `nil` when a line came.
    private static func awaitInput(_ signalled: Int32) -> Int32? {
        var usual = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &usual) == 0 else { return nil }
        let handlers = signals.map { signal($0) { HiddenLine.notice($0) } }
        var hidden = usual
        hidden.c_lflag &= ~tcflag_t(ECHO)
        _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &usual)
            for (number, handler) in zip(signals, handlers) { _ = signal(number, handler) }
        }
        while true {
            var requests = [
                pollfd(fd: signalled, events: Int16(POLLIN), revents: 0),
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            ]
            guard unsafe poll(&requests, nfds_t(requests.count), -1) > 0 else { continue }
            guard requests[0].revents != 0 else { return nil }
            var number: UInt8 = 0
            if unsafe Glibc.read(signalled, &number, 1) == 1 { return Int32(number) }
        }
    }

    /// The signal handler, which wakes ``awaitInput(_:)``.
    private static func notice(_ number: Int32) {
        var byte = UInt8(truncatingIfNeeded: number)
        _ = unsafe write(signalPipe, &byte, 1)
    }
}

/// The descriptor to which the signal handler writes the signal's number; set before the handler is installed.
nonisolated(unsafe) private var signalPipe: Int32 = -1
