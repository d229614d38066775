internal import SwitchboardCalling
internal import SwitchboardFiles
internal import SwitchboardSpec

/// Takes apart the frames of a stream, one after another.
struct StreamDecoder {
    private var conversation: ConversationDissector
    private var input: BytesInput
    private var buffer = FrameBuffer()
    private let sender: Sender
    /// Whether nothing can be read any more.
    private var hasEnded = false

    init(_ conversation: ConversationDissector, _ input: BytesInput, from sender: Sender) {
        self.conversation = conversation
        self.input = input
        self.sender = sender
    }

    /// Returns the next frame; `nil` at the end of the stream, and behind a frame whose end is unknown.
    ///
    /// - Throws: A `VerbFailure` when a frame is too large; a `FileError` when the input cannot be read.
    mutating func next() throws -> FoundFrame? {
        while !hasEnded {
            if let found = buffer.next(&conversation, from: sender) {
                if found.frame.isWhole { return found }
                if let size = found.frame.size {
                    buffer.skip(max(1, size))
                    return found
                }
                try readRest()
            } else if buffer.count < FrameBuffer.maximumFrame {
                try read()
            } else {
                let text = "the frame at offset \(buffer.offset) has more than \(FrameBuffer.maximumFrame) bytes"
                throw VerbFailure(text)
            }
        }
        return buffer.end(&conversation, from: sender)
    }

    private mutating func read() throws {
        let piece = try input.next()
        hasEnded = piece.isEmpty
        buffer.append(piece)
    }

    /// Reads the rest of the input, in which no frame ends, as far as it fits in the buffer.
    private mutating func readRest() throws {
        while !hasEnded, buffer.count < FrameBuffer.maximumFrame { try read() }
        hasEnded = true
    }
}
