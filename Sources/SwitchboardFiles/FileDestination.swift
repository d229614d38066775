#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// The destination of an output: the regular file that a path leads to through symbolic links; it may not exist yet.
package struct FileDestination {
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

    /// - Throws: A ``FileError`` when `name` leads to a file that is not a regular file, such as a device or
    ///   a folder, or its status cannot be read.
    package init(_ name: String) throws(FileError) {
        var (path, links) = (name, 0)
        var status = stat()
        var isThere = unsafe lstat(path, &status) == 0
        while isThere, status.st_mode & S_IFMT == S_IFLNK {
            links += 1
            guard links <= Self.maximumLinks, let target = Self.target(of: path) else {
                throw FileError("cannot write \(name): too many symbolic links, or one that cannot be read")
            }
            path = target.hasPrefix("/") ? target : "\(Self.folder(of: path))/\(target)"
            isThere = unsafe lstat(path, &status) == 0
        }
        guard isThere || errno == ENOENT else { throw FileError("cannot write \(name): \(File.reason)") }
        if isThere, let kind = Self.kind(status.st_mode) {
            throw FileError("cannot write \(name): it is \(kind); name a regular file, or one that does not exist yet")
        }
        // A link of /proc to a pipe or a socket is not a path: only the system follows it.
        var followed = stat()
        if !isThere, unsafe stat(name, &followed) == 0, let kind = Self.kind(followed.st_mode) {
            throw FileError("cannot write \(name): it is \(kind); name a regular file, or one that does not exist yet")
        }
        (self.name, self.path, folder) = (name, path, Self.folder(of: path))
        self.status = isThere ? status : nil
    }

    /// Checks that no output is an input, and that all outputs are different files, even if paths or links differ.
    ///
    /// The output `-` is standard output.
    ///
    /// - Throws: A ``FileError``.
    package static func check(outputs: [String], inputs: [String]) throws(FileError) {
        let inputs = Dictionary(inputs.compactMap { input in identity(input).map { ($0, input) } }) { first, _ in first
        }
        var earlier: [Place: FileDestination] = [:]
        guard outputs.count(where: { $0 == OutputText.standardOutput }) <= 1 else {
            throw FileError("cannot write two outputs to standard output: name a file")
        }
        for output in outputs where output != OutputText.standardOutput {
            let destination = try FileDestination(output)
            if let input = destination.identity.flatMap({ inputs[$0] }) {
                throw FileError(
                    "cannot write \(output): it is the same file as the input \(input); name another output"
                )
            }
            if let other = earlier.updateValue(destination, forKey: destination.place) {
                throw FileError(
                    "cannot write \(output): it is the same file as the output \(other.name); name two files"
                )
            }
        }
    }

    /// A value that two destinations share only if they are the same file.
    private enum Place: Hashable {
        /// A file that exists.
        case file(Identity)
        /// A file that does not exist yet, in a folder that does.
        case name(Substring?, in: Identity)
        /// A file whose folder cannot be found.
        case path(String)
    }

    private var place: Place {
        if let identity { return .file(identity) }
        guard let folder = Self.identity(folder) else { return .path(path) }
        return .name(path.split(separator: "/").last, in: folder)
    }

    private var identity: Identity? { status.map(Identity.init) }

    /// The identity of a file, whatever its path is.
    private struct Identity: Hashable {
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
        case S_IFIFO: "a FIFO or a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}
