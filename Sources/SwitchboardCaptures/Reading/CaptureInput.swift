internal import SwitchboardFiles
internal import SwitchboardSpec

/// The bytes of a capture, which are read as they are needed.
final class CaptureInput {
    private let file: FileInput
    private var buffer: [UInt8]
    /// The number of bytes of ``buffer`` that were read.
    private var used = 0
    /// The offset in the file of the next byte.
    private(set) var offset = 0

    /// The bytes of `file`, whose first ones, `first`, were already read.
    init(_ file: FileInput, _ first: [UInt8]) {
        self.file = file
        buffer = first
    }

    /// Returns the next `count` bytes; fewer at the end of the file.
    func read(_ count: Int) throws(FileError) -> [UInt8] {
        if buffer.count - used < count {
            buffer.removeFirst(used)
            used = 0
            while buffer.count < count {
                let piece = try file.next()
                if piece.isEmpty { break }
                buffer += piece
            }
        }
        let bytes = Array(buffer[used..<min(buffer.count, used + count)])
        used += bytes.count
        offset += bytes.count
        return bytes
    }

    /// Returns the next `count` bytes.
    ///
    /// - Parameter part: What the bytes are, for the error.
    /// - Throws: A `FileError` when the file has fewer bytes.
    func read(_ count: Int, of part: String) throws(FileError) -> [UInt8] {
        let bytes = try read(count)
        guard bytes.count == count else { throw problem("it ends within \(part)") }
        return bytes
    }

    /// The error that says that the capture is wrong at an offset, by default at that of the next byte.
    func problem(_ message: String, at offset: Int? = nil) -> FileError {
        FileError("cannot read \(file.name) as a capture: \(message), at offset \(offset ?? self.offset)")
    }
}

extension [UInt8] {
    /// Returns the number in the `count` bytes at `offset`, at most 8; bytes behind the end count as 0.
    func number(_ count: Int, at offset: Int, _ order: ByteOrder = .big) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<count {
            let place = offset + (order == .big ? index : count - 1 - index)
            number = number << 8 | UInt64(indices.contains(place) ? self[place] : 0)
        }
        return number
    }
}
