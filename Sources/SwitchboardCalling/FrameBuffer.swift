package import SwitchboardSpec

/// A frame with its place in a stream.
package struct FoundFrame {
    /// The place of the frame in the stream.
    package let offset: Int
    /// The bytes of the frame on the stream.
    package let bytes: [UInt8]
    /// The frame, taken apart.
    package let frame: Dissection

    /// A frame at `offset` of a stream, where it has `bytes`.
    package init(offset: Int, bytes: [UInt8], frame: Dissection) {
        (self.offset, self.bytes, self.frame) = (offset, bytes, frame)
    }
}

/// The bytes that one end of a connection has sent, of which frames are taken one after another.
package struct FrameBuffer {
    /// The error for a frame that needs too much memory.
    package struct TooLarge: Error {
        /// The problem in words.
        package let message = "the frame has more than \(FrameBuffer.maximumFrame) bytes"
    }

    /// The largest number of bytes of a frame.
    package static let maximumFrame = 64 << 20
    /// The number of bytes that are looked at first; twice as many each time that a frame does not end there.
    private static let firstWindow = 512

    private var bytes: [UInt8] = []
    /// The number of bytes of ``bytes`` before the next frame.
    private var used = 0
    /// The number of bytes that the next frame has at least.
    private var needed = 1
    /// The number of bytes of the next frame; `nil` if that is not known.
    package private(set) var announcedSize: Int?
    /// The offset of the next frame in the stream.
    package private(set) var offset = 0

    /// A buffer without bytes.
    package init() {}

    /// The number of bytes that belong to no frame yet.
    package var count: Int { bytes.count - used }

    /// The bytes that belong to no frame yet.
    package var rest: ArraySlice<UInt8> { bytes[used...] }

    /// Adds bytes that have arrived.
    package mutating func append(_ more: [UInt8]) {
        if used > 0 {
            bytes.removeFirst(used)
            used = 0
        }
        bytes += more
    }

    /// Removes the next `count` bytes, or all if there are fewer; a frame begins behind them.
    package mutating func skip(_ count: Int) {
        let count = min(count, self.count)
        used += count
        offset += count
        (needed, announcedSize) = (1, nil)
    }

    /// Moves ``offset`` behind `count` bytes of the stream that are not in the buffer, which must be empty.
    package mutating func skipMissing(_ count: Int) { offset += count }

    /// Returns all bytes that belong to no frame yet, and removes them.
    package mutating func takeRest() -> [UInt8] {
        let rest = Array(self.rest)
        skip(count)
        (bytes, used) = ([], 0)
        return rest
    }

    /// Returns the next frame, or bytes that are not one; `nil` if more bytes must arrive first.
    ///
    /// A frame with a problem stays in the buffer.
    package mutating func next(_ conversation: inout ConversationDissector, from sender: Sender) -> FoundFrame? {
        guard count >= needed else { return nil }
        var size = max(Self.firstWindow, needed)
        while true {
            let window = Array(rest.prefix(size))
            // The dissector notes only whole frames.
            let frame = conversation.next(in: window, from: sender)
            if !frame.isComplete || frame.size == nil, window.count < count {
                size = max(size * 2, frame.announcedSize ?? 0)
                continue
            }
            guard frame.isComplete else {
                announcedSize = frame.announcedSize
                needed = max(count + 1, frame.announcedSize ?? 0)
                return nil
            }
            let bytes = frame.size.map { $0 < window.count ? Array(window.prefix($0)) : window } ?? window
            let found = FoundFrame(offset: offset, bytes: bytes, frame: frame)
            if frame.isWhole { skip(bytes.count) }
            return found
        }
    }

    /// Checks that the next frame, which has no end yet, is not too large.
    package func checkSize() throws(TooLarge) {
        guard count < Self.maximumFrame, needed <= Self.maximumFrame else { throw TooLarge() }
    }

    /// Takes the bytes that belong to no frame yet, as a frame of which there are no more bytes; `nil` if there are none.
    package mutating func end(_ conversation: inout ConversationDissector, from sender: Sender) -> FoundFrame? {
        guard count > 0 else { return nil }
        let place = offset
        let bytes = takeRest()
        return FoundFrame(offset: place, bytes: bytes, frame: conversation.next(in: bytes, from: sender))
    }
}
