import Glibc
import Switchboard
import SwitchboardApplication
import SwitchboardTransport

/// A file that is read from its beginning, or standard input.
final class InputFile {
    private let name: String
    private let descriptor: Int32

    /// Opens the file at `path`; `-` is standard input.
    ///
    /// - Throws: A ``CommandError`` when the file cannot be opened, or is a folder.
    init(path: String) throws(CommandError) {
        name = path == "-" ? "standard input" : path.quoted
        descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(name, errno) }
        if status.map({ $0.st_mode & S_IFMT == S_IFDIR }) == true { throw Self.failure(name, EISDIR) }
    }

    deinit {
        if descriptor > STDIN_FILENO { close(descriptor) }
    }

    /// The size of a regular file, in bytes; `nil` for a pipe or a terminal.
    var size: Int? {
        status.flatMap { $0.st_mode & S_IFMT == S_IFREG ? Int($0.st_size) : nil }
    }

    private var status: stat? {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? status : nil
    }

    /// Returns the next bytes, at most `limit`; from a pipe or a terminal, the bytes that have arrived.
    ///
    /// - Returns: The bytes; `nil` at the end.
    /// - Throws: A ``CommandError`` when the file cannot be read.
    func read(upTo limit: Int) throws(CommandError) -> [UInt8]? {
        while true {
            var failure: Int32 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                let result = unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
                if result < 0 { failure = errno }
                count = max(result, 0)
            }
            switch failure {
            case 0: return bytes.isEmpty ? nil : bytes
            case EINTR: continue
            case EAGAIN:
                var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&request, 1, -1)
            default: throw Self.failure(name, failure)
            }
        }
    }

    /// Returns the text of the first line, without its end.
    ///
    /// - Parameter limit: The maximum number of bytes of the line.
    /// - Returns: The text; `nil` when the file is empty.
    /// - Throws: A ``CommandError`` when the file cannot be read, or the line is longer than `limit` or not UTF-8.
    func firstLine(limit: Int) throws(CommandError) -> String? {
        var line: [UInt8] = []
        var isEnded = false
        while !isEnded, line.count <= limit + 1 {
            guard let part = try read(upTo: limit + 2) else { break }
            let end = part.firstIndex(of: UInt8(ascii: "\n"))
            isEnded = end != nil
            line += part[..<(end ?? part.count)]
        }
        if line.isEmpty, !isEnded { return nil }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard line.count <= limit else {
            throw CommandError("the first line of \(name) is longer than \(limit) bytes")
        }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw CommandError("the first line of \(name) is not UTF-8")
        }
        return text
    }

    private static func failure(_ name: String, _ errno: Int32) -> CommandError {
        CommandError("cannot read \(name): \(errno == EBADF ? "it is closed" : TransportError.text(for: errno))")
    }
}
