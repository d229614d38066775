#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Reads and writes whole files, without Foundation.
package enum File {
    /// Returns the first `limit` bytes of the file at `path`, or all if the file is shorter.
    package static func read(_ path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { throw FileError("cannot read \(path): \(reason)") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count < limit {
            let wanted = min(chunk.count, limit - bytes.count)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Self.read(descriptor, $0.baseAddress, wanted) }
            guard count >= 0 else { throw FileError("cannot read \(path): \(reason)") }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    /// Replaces the content of the file at `path` by `bytes`.
    ///
    /// The method follows symbolic links. An existing file keeps its mode and, if the process may set them, its owner
    /// and group. The bytes go to a new file in the same folder, which is then renamed, so that no reader sees an
    /// incomplete file.
    ///
    /// - Throws: A ``FileError`` when `path` is not a regular file, or cannot be written.
    package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        let destination = try FileDestination(path)
        let (temporary, descriptor) = try createTemporary(beside: destination)
        var isWritten = writeAll(bytes, to: descriptor)
        if isWritten, let status = destination.status { isWritten = keepAttributes(of: status, on: descriptor) }
        var failure = reason
        if close(descriptor) != 0, isWritten { (isWritten, failure) = (false, reason) }
        if isWritten, unsafe rename(temporary, destination.path) != 0 { (isWritten, failure) = (false, reason) }
        guard !isWritten else { return }
        unsafe unlink(temporary)
        throw FileError("cannot write \(path): \(failure)")
    }

    /// Creates a file in the folder of `destination`, and opens it for writing.
    private static func createTemporary(
        beside destination: FileDestination
    ) throws(FileError) -> (path: String, descriptor: Int32) {
        for number in 0..<temporaryNames {
            let path = "\(destination.folder)/.switchboard-\(getpid())-\(number)"
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (path, descriptor) }
            guard errno == EEXIST else { break }
        }
        throw FileError("cannot write \(destination.name): \(reason)")
    }

    /// The largest number of names to try for a temporary file.
    ///
    /// Killed processes may have left files behind.
    private static let temporaryNames = 100

    /// Gives the open file the mode of `status` and, if the process may set them, its owner and group.
    private static func keepAttributes(of status: stat, on descriptor: Int32) -> Bool {
        let hasOwner = fchown(descriptor, status.st_uid, status.st_gid) == 0
        if !hasOwner { _ = fchown(descriptor, uid_t.max, status.st_gid) }
        // With another owner, a set-user-ID bit would grant the rights of that owner.
        return fchmod(descriptor, status.st_mode & (hasOwner ? 0o7777 : 0o777)) == 0
    }

    /// Writes all of `bytes`; returns whether that succeeded.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Self.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The error text of the last C function.
    package static var reason: String { unsafe String(cString: strerror(errno)) }

    // The C functions. The methods above have the same names.

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
