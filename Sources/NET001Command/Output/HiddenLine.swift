import Glibc

/// A line that is typed at a terminal and not shown.
///
/// Whatever ends the program or stops it meanwhile, Ctrl-C or Ctrl-Z say, the terminal shows again what is typed.
enum HiddenLine {
    /// The signals that end or stop a program, unless it says otherwise.
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    /// Asks for a line.
    ///
    /// - Parameters:
    ///   - prompt: What is shown before it, on standard error.
    ///   - limit: The largest number of bytes it may have.
    /// - Returns: `nil` when the input ends first.
    /// - Throws: A ``CommandError`` when it cannot be read or is longer.
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
            obey(received)
        }
    }

    /// Does what `signal` does usually: it ends the program, or stops it until it is continued.
    ///
    /// Threads of Dispatch block signals. This one must not go on before the signal has been acted on.
    private static func obey(_ signal: Int32) {
        var (set, usual) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, signal)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, &usual)
        raise(signal)
        unsafe pthread_sigmask(SIG_SETMASK, &usual, nil)
    }

    /// Waits, without showing what is typed, until there is a line or a signal.
    ///
    /// - Returns: The signal, if one came.
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

    /// What signals do meanwhile: they wake ``awaitInput(_:)``.
    private static func notice(_ number: Int32) {
        var byte = UInt8(truncatingIfNeeded: number)
        _ = unsafe write(signalPipe, &byte, 1)
    }
}

/// Where a signal's handler writes the signal's number; set before handlers are.
nonisolated(unsafe) private var signalPipe: Int32 = -1
