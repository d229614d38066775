import Glibc
package import Switchboard
import SwitchboardTransport

/// The output of the command: results go to standard output, everything else to standard error.
package enum Terminal {
    /// Writes a line to standard output without buffering.
    ///
    /// - Throws: An ``OutputError`` when the line cannot be written, so that a lost result does not look like success.
    package static func print(_ line: String) throws(OutputError) { try put(line + "\n") }

    /// Writes `text` to standard output without buffering and without a line end.
    ///
    /// - Throws: An ``OutputError`` when the text cannot be written.
    static func put(_ text: String) throws(OutputError) {
        if let errno = write(text, STDOUT_FILENO) { throw OutputError(errno: errno) }
    }

    /// Writes a line to standard error without buffering; errors are ignored.
    package static func report(_ line: String) {
        _ = write(line + "\n", STDERR_FILENO)
    }

    /// Writes `text` to standard error without buffering and without a line end.
    package static func show(_ text: String) {
        _ = write(text, STDERR_FILENO)
    }

    /// Whether standard error is a terminal.
    package static var isShown: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes all of `text`.
    ///
    /// - Returns: The error number of the system; `nil` when all is written.
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
package struct OutputError: Error, CustomStringConvertible {
    /// The system's error number.
    package let errno: Int32

    /// Whether the reader of a pipe has gone, which is not a mistake: `net001 ping | head -1`.
    package var isClosedPipe: Bool { errno == EPIPE }

    package var description: String {
        "cannot write to standard output: \(errno == EBADF ? "it is closed" : TransportError.text(for: errno))"
    }
}

/// Standard input, output and error at the start of the program.
package enum StandardStreams {
    /// Opens the standard descriptors that are closed, and turns SIGPIPE into an error of the write.
    ///
    /// Otherwise the next socket would get the number of a closed descriptor, and the server would send its output to a
    /// peer.
    package static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The system assigns the lowest free number.
            _ = unsafe open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_WRONLY)
        }
    }
}

extension Bytes {
    /// The bytes as text with control characters escaped, or in hexadecimal when they are not UTF-8.
    package var visible: String { String(validating: self)?.visible ?? "0x\(description)" }
}

extension Duration {
    /// The duration in milliseconds, to the microsecond: `0.123 ms`.
    package var inMilliseconds: String {
        let microseconds = self / .microseconds(1)
        let rounded = Int(microseconds.rounded())
        let fraction = String(rounded % 1000)
        return "\(rounded / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) ms"
    }
}
