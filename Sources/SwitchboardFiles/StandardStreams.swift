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
}

/// Ends the process with a status.
package func exitProcess(_ status: Int32) -> Never {
    exit(status)
}
