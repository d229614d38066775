#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Prints mistakes.
package enum StandardError {
    package static func write(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        // If this fails, there is no way to report it.
        _ = File.writeAll(Array((lines.joined(separator: "\n") + "\n").utf8), to: STDERR_FILENO)
    }

    /// Writes `text` as it is, such as a line that is written again and again.
    package static func show(_ text: String) { _ = File.writeAll(Array(text.utf8), to: STDERR_FILENO) }

    /// Whether mistakes go to a terminal.
    package static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// Prints results.
package enum StandardOutput {
    /// - Throws: A ``FileError`` when the line cannot be written, because the disk is full or the output is
    ///   closed.
    package static func write(_ line: String) throws(FileError) {
        guard File.writeAll(Array((line + "\n").utf8), to: STDOUT_FILENO) else {
            throw FileError("cannot write to standard output: \(File.reason)")
        }
    }

    /// - Throws: A ``FileError`` when the bytes cannot be written, because the disk is full or the output is closed.
    package static func write(_ bytes: [UInt8]) throws(FileError) {
        guard File.writeAll(bytes, to: STDOUT_FILENO) else {
            throw FileError("cannot write to standard output: \(File.reason)")
        }
    }

    /// Whether the output is a terminal that shows colours, and `NO_COLOR` is not set.
    package static var hasColours: Bool {
        if let value = unsafe getenv("NO_COLOR"), unsafe value.pointee != 0 { return false }
        if let value = unsafe getenv("TERM"), unsafe strcmp(value, "dumb") == 0 { return false }
        return isTerminal
    }

    /// Whether the output goes to a terminal.
    package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// Prints results in large pieces: lines wait until there are many, or until ``flush()``.
package final class BufferedOutput {
    /// The number of bytes with which they are written.
    private static let pieceBytes = 64 * 1024

    private var waiting: [UInt8] = []

    package init() {}

    /// Adds a line.
    ///
    /// - Throws: A ``FileError`` when lines cannot be written, because the disk is full or the output is closed.
    package func write(_ line: String) throws(FileError) {
        waiting.append(contentsOf: line.utf8)
        waiting.append(UInt8(ascii: "\n"))
        if waiting.count >= Self.pieceBytes { try flush() }
    }

    /// Writes all lines that wait.
    ///
    /// - Throws: A ``FileError`` when they cannot be written, because the disk is full or the output is closed.
    package func flush() throws(FileError) {
        guard !waiting.isEmpty else { return }
        defer { waiting.removeAll(keepingCapacity: true) }
        try StandardOutput.write(waiting)
    }
}

/// Ends the process with a status.
package func exitProcess(_ status: Int32) -> Never {
    exit(status)
}
