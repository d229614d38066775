internal import SwitchboardSpec

/// The bytes of one end of a live connection, which are taken apart frame by frame.
struct FrameBuffer {
    /// The error for a frame that needs too much memory.
    struct TooLarge: Error {
        let message = "the frame has more than \(FrameBuffer.maximumFrame) bytes"
    }

    /// The largest number of bytes of a frame.
    static let maximumFrame = 64 << 20
    /// The number of bytes that are looked at first; twice as many each time that a frame does not end there.
    private static let firstWindow = 4096

    private var bytes: [UInt8] = []
    /// The number of bytes of ``bytes`` before the next frame.
    private var used = 0
    /// The number of bytes that the next frame has at least.
    private var needed = 1
    /// The offset of the next frame in the stream.
    private(set) var offset = 0

    /// The number of bytes that belong to no frame yet.
    var count: Int { bytes.count - used }

    /// Adds bytes that have arrived.
    mutating func append(_ more: [UInt8]) {
        if used > 0 {
            bytes.removeFirst(used)
            used = 0
        }
        bytes += more
    }

    /// Returns all bytes that belong to no frame yet, and removes them.
    mutating func takeRest() -> [UInt8] {
        defer { (bytes, used) = ([], 0) }
        return Array(bytes.dropFirst(used))
    }

    /// Returns the next frame, or bytes that are not one; `nil` if more bytes must arrive first.
    ///
    /// A frame with a problem stays in the buffer.
    mutating func next(
        _ conversation: inout ConversationDissector,
        from sender: Sender
    ) throws(TooLarge) -> StreamDecoder.Found? {
        guard count >= needed else { return nil }
        var size = Self.firstWindow
        while true {
            let window = Array(bytes[used..<min(bytes.count, used + size)])
            var next = conversation
            let frame = next.next(in: window, from: sender)
            if !frame.isComplete || frame.size == nil, window.count < count {
                size = max(size * 2, frame.announcedSize ?? 0)
                continue
            }
            guard frame.isComplete else {
                needed = max(count + 1, frame.announcedSize ?? 0)
                guard count < Self.maximumFrame, needed <= Self.maximumFrame else { throw TooLarge() }
                return nil
            }
            let found = StreamDecoder.Found(
                offset: offset,
                bytes: Array(window.prefix(frame.size ?? window.count)),
                frame: frame
            )
            guard frame.isWhole else { return found }
            conversation = next
            used += found.bytes.count
            offset += found.bytes.count
            needed = 1
            return found
        }
    }
}
