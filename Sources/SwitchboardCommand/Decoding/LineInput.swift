internal import SwitchboardFiles

/// The lines of a file, one after another, without their ends.
struct LineInput {
    /// The largest number of bytes of a line: 64 MiB.
    static let maximumLine = 64 << 20

    private let file: FileInput
    private var buffer: [UInt8]
    /// The number of bytes of ``buffer`` that were returned.
    private var used = 0
    private var isAtEnd = false
    /// The number of lines that were returned.
    private(set) var count = 0

    /// The lines of `file`, whose first bytes, `first`, were already read.
    init(_ file: FileInput, first: [UInt8] = []) {
        self.file = file
        buffer = first
    }

    /// Returns the next line; `nil` at the end of the file.
    mutating func next() throws(FileError) -> [UInt8]? {
        var searched = used
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                return line(to: end, behind: end + 1)
            }
            if isAtEnd { return used == buffer.count ? nil : line(to: buffer.count, behind: buffer.count) }
            guard buffer.count - used <= Self.maximumLine else {
                throw FileError("cannot read \(file.name): line \(count + 1) has more than \(Self.maximumLine) bytes")
            }
            buffer.removeFirst(used)
            (used, searched) = (0, buffer.count)
            let piece = try file.next()
            isAtEnd = piece.isEmpty
            buffer += piece
        }
    }

    private mutating func line(to end: Int, behind next: Int) -> [UInt8] {
        let line = buffer[used..<end]
        (used, count) = (next, count + 1)
        return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
}
