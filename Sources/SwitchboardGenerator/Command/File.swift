#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Whole files, without Foundation.
enum File {
    /// The first `limit` bytes of the file at `path`, or all when there are fewer.
    static func read(_ path: String, atMost limit: Int) throws(CommandError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { throw .file("cannot read \(path): \(reason)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count < limit {
            let wanted = min(chunk.count, limit - bytes.count)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Self.read(descriptor, $0.baseAddress, wanted) }
            guard count >= 0 else { throw .file("cannot read \(path): \(reason)") }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    /// Makes `bytes` the content of the file at `path`: of another file first, so that there is never half of it.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
        let temporary = path + ".new"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw .file("cannot write \(path): \(reason)") }
        let isWritten = writeAll(bytes, to: descriptor)
        let failure = reason
        close(descriptor)
        guard isWritten else {
            unsafe unlink(temporary)
            throw .file("cannot write \(path): \(failure)")
        }
        guard unsafe rename(temporary, path) == 0 else {
            let failure = reason
            unsafe unlink(temporary)
            throw .file("cannot write \(path): \(failure)")
        }
    }

    /// Writes all of `bytes`, in as many steps as it takes.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Self.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static var reason: String { unsafe String(cString: strerror(errno)) }

    // The C functions, whose names the methods above have.

    private static func read(_ descriptor: Int32, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Darwin)
        unsafe Darwin.read(descriptor, start, count)
        #elseif canImport(Musl)
        unsafe Musl.read(descriptor, start, count)
        #else
        unsafe Glibc.read(descriptor, start, count)
        #endif
    }

    private static func write(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Darwin)
        unsafe Darwin.write(descriptor, start, count)
        #elseif canImport(Musl)
        unsafe Musl.write(descriptor, start, count)
        #else
        unsafe Glibc.write(descriptor, start, count)
        #endif
    }
}

/// Where mistakes are printed.
enum StandardError {
    static func write(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        // Nowhere is left to report a failure.
        _ = File.writeAll(Array((lines.joined(separator: "\n") + "\n").utf8), to: STDERR_FILENO)
    }
}

/// Where answers are printed.
enum StandardOutput {
    static func write(_ line: String) {
        // Nowhere is left to report a failure.
        _ = File.writeAll(Array((line + "\n").utf8), to: STDOUT_FILENO)
    }
}

/// Ends the process.
func exitProcess(_ status: Int32) -> Never {
    exit(status)
}
