internal import SwitchboardSpec

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// Reads a file, or standard input, piece by piece.
package final class FileInput {
    /// The largest number of bytes of a piece.
    package static let pieceBytes = 256 * 1024

    /// The path, or `standard input`, for messages.
    package let name: String
    private let descriptor: Int32
    /// Called before bytes are read, which may take long: a place to show what is known so far.
    package var beforeReading: () throws(FileError) -> Void = {}

    /// Opens the file at `path`; `-` is standard input.
    ///
    /// - Throws: A ``FileError`` when the file cannot be opened.
    package init(_ path: String) throws(FileError) {
        guard path != "-" else {
            (name, descriptor) = ("standard input", STDIN_FILENO)
            return
        }
        (name, descriptor) = (path.visible, unsafe open(path, O_RDONLY | O_CLOEXEC))
        guard descriptor >= 0 else { throw FileError("cannot read \(path): \(File.reason)") }
    }

    deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

    /// Whether a file exists at `path`.
    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Checks that the file at `path`, which another part of the program opens, can be read.
    ///
    /// The file is not opened here: a pipe can be read only once.
    ///
    /// - Throws: A ``FileError`` when the file cannot be read, or is a folder.
    package static func check(_ path: String) throws(FileError) {
        guard unsafe access(path, R_OK) == 0 else { throw FileError("cannot read \(path): \(File.reason)") }
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        let reason = unsafe String(cString: strerror(EISDIR))
        throw FileError("cannot read \(path): \(reason)")
    }

    /// The size of a regular file, in bytes; `nil` for a pipe or a terminal.
    package var size: Int? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Returns the first bytes, `count` at least; fewer only if the file has fewer.
    package func first(_ count: Int) throws(FileError) -> [UInt8] {
        var bytes = try next()
        while bytes.count < count {
            let piece = try next()
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }

    /// Returns the next bytes; none at the end of the file.
    package func next() throws(FileError) -> [UInt8] {
        try beforeReading()
        while true {
            var result = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
                result = unsafe read(descriptor, buffer.baseAddress, buffer.count)
                count = max(0, result)
            }
            if result >= 0 { return piece }
            guard errno == EINTR else { throw FileError("cannot read \(name): \(File.reason)") }
        }
    }
}
