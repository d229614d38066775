#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Reads and writes whole files, without Foundation.
enum File {
    /// Returns the first `limit` bytes of the file at `path`, or all if the file is shorter.
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

    /// Replaces the content of the file at `path` by `bytes`.
    ///
    /// The method follows symbolic links. An existing file keeps its mode and, if the process may set them, its owner
    /// and group. The bytes go to a new file in the same folder, which is then renamed, so that no reader sees an
    /// incomplete file.
    ///
    /// - Throws: ``CommandError/file(_:)`` when `path` is not a regular file, or cannot be written.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
        let destination = try FileDestination(path)
        let (temporary, descriptor) = try createTemporary(beside: destination)
        var isWritten = writeAll(bytes, to: descriptor)
        if isWritten, let status = destination.status { isWritten = keepAttributes(of: status, on: descriptor) }
        var failure = reason
        if close(descriptor) != 0, isWritten { (isWritten, failure) = (false, reason) }
        if isWritten, unsafe rename(temporary, destination.path) != 0 { (isWritten, failure) = (false, reason) }
        guard !isWritten else { return }
        unsafe unlink(temporary)
        throw .file("cannot write \(path): \(failure)")
    }

    /// Creates a file in the folder of `destination`, and opens it for writing.
    private static func createTemporary(
        beside destination: FileDestination
    ) throws(CommandError) -> (path: String, descriptor: Int32) {
        for number in 0..<temporaryNames {
            let path = "\(destination.folder)/.switchboard-\(getpid())-\(number)"
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (path, descriptor) }
            guard errno == EEXIST else { break }
        }
        throw .file("cannot write \(destination.name): \(reason)")
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
    static var reason: String { unsafe String(cString: strerror(errno)) }

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

/// The destination of an output: the regular file that a path leads to through symbolic links; it may not exist yet.
struct FileDestination {
    /// The path as given by the user, for messages.
    let name: String
    /// The path after the last symbolic link.
    let path: String
    /// The folder of ``path``.
    let folder: String
    /// The status of the file; `nil` if it does not exist.
    let status: stat?

    /// The largest number of symbolic links in a path, as in Linux.
    private static let maximumLinks = 40

    /// - Throws: ``CommandError/file(_:)`` when `name` leads to a file that is not a regular file, such as a device or
    ///   a folder, or its status cannot be read.
    init(_ name: String) throws(CommandError) {
        var (path, links) = (name, 0)
        var status = stat()
        var isThere = unsafe lstat(path, &status) == 0
        while isThere, status.st_mode & S_IFMT == S_IFLNK {
            links += 1
            guard links <= Self.maximumLinks, let target = Self.target(of: path) else {
                throw .file("cannot write \(name): too many symbolic links, or one that cannot be read")
            }
            path = target.hasPrefix("/") ? target : "\(Self.folder(of: path))/\(target)"
            isThere = unsafe lstat(path, &status) == 0
        }
        guard isThere || errno == ENOENT else { throw .file("cannot write \(name): \(File.reason)") }
        if isThere, let kind = Self.kind(status.st_mode) {
            throw .file("cannot write \(name): it is \(kind); name a regular file, or one that does not exist yet")
        }
        (self.name, self.path, folder) = (name, path, Self.folder(of: path))
        self.status = isThere ? status : nil
    }

    /// Checks that no output is an input, and that all outputs are different files, even if paths or links differ.
    ///
    /// - Throws: ``CommandError/file(_:)``.
    static func check(outputs: [String], inputs: [String]) throws(CommandError) {
        var earlier: [FileDestination] = []
        for output in outputs {
            let destination = try FileDestination(output)
            if let identity = destination.identity, let input = inputs.first(where: { Self.identity($0) == identity }) {
                throw .file("cannot write \(output): it is the same file as the input \(input); name another output")
            }
            if let other = earlier.first(where: destination.isSameFile) {
                throw .file("cannot write \(output): it is the same file as the output \(other.name); name two files")
            }
            earlier.append(destination)
        }
    }

    private func isSameFile(as other: FileDestination) -> Bool {
        if let identity, let identityOfOther = other.identity { return identity == identityOfOther }
        guard let folder = Self.identity(folder), folder == Self.identity(other.folder) else {
            return path == other.path
        }
        return path.split(separator: "/").last == other.path.split(separator: "/").last
    }

    private var identity: Identity? { status.map(Identity.init) }

    /// The identity of a file, whatever its path is.
    private struct Identity: Equatable {
        let device: UInt64
        let number: UInt64

        init(_ status: stat) {
            device = UInt64(truncatingIfNeeded: status.st_dev)
            number = UInt64(truncatingIfNeeded: status.st_ino)
        }
    }

    private static func identity(_ path: String) -> Identity? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Identity(status) : nil
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func target(of link: String) -> String? {
        let limit = Int(PATH_MAX)
        var bytes = [CChar](repeating: 0, count: limit)
        let count = unsafe readlink(link, &bytes, limit)
        guard count > 0, count < limit else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Returns the kind of a file with this mode; `nil` for a regular file.
    private static func kind(_ mode: mode_t) -> String? {
        switch mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a directory"
        case S_IFIFO: "a FIFO"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}

/// Prints mistakes.
enum StandardError {
    static func write(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        // If this fails, there is no way to report it.
        _ = File.writeAll(Array((lines.joined(separator: "\n") + "\n").utf8), to: STDERR_FILENO)
    }
}

/// Prints results.
enum StandardOutput {
    /// - Throws: ``CommandError/file(_:)`` when the line cannot be written, because the disk is full or the output is
    ///   closed.
    static func write(_ line: String) throws(CommandError) {
        guard File.writeAll(Array((line + "\n").utf8), to: STDOUT_FILENO) else {
            throw .file("cannot write to standard output: \(File.reason)")
        }
    }
}

/// Ends the process.
func exitProcess(_ status: Int32) -> Never {
    exit(status)
}
