import Glibc
import SwitchboardTransport

/// What the command writes: results to standard output, everything else to standard error.
enum Terminal {
    /// Writes a line to standard output at once, also into a pipe.
    ///
    /// - Throws: An ``OutputError`` when it cannot be written: a result that is lost must not look like success.
    static func print(_ line: String) throws(OutputError) {
        if let errno = write(line + "\n", STDOUT_FILENO) { throw OutputError(errno: errno) }
    }

    /// Writes a line to standard error at once.
    ///
    /// When it cannot be written, there is no place left to say so.
    static func report(_ line: String) {
        _ = write(line + "\n", STDERR_FILENO)
    }

    /// Writes `text` to standard error at once, without the end of a line.
    static func show(_ text: String) {
        _ = write(text, STDERR_FILENO)
    }

    /// Whether standard error is a terminal.
    static var isShown: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes all of `text`.
    ///
    /// - Returns: The system's error number, if that fails.
    private static func write(_ text: String, _ descriptor: Int32) -> Int32? {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes[offset...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                offset += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Another process that shares the pipe or the terminal has switched it to non-blocking.
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&request, 1, -1)
            case let failure: return failure
            }
        }
        return nil
    }
}

/// Standard output cannot be written to.
struct OutputError: Error, CustomStringConvertible {
    /// The system's error number.
    let errno: Int32

    /// Whether the reader of a pipe has gone, which is no mistake of anybody: `net001 ping | head -1`.
    var isClosedPipe: Bool { errno == EPIPE }

    var description: String {
        "cannot write to standard output: \(errno == EBADF ? "it is closed" : TransportError.text(for: errno))"
    }
}
