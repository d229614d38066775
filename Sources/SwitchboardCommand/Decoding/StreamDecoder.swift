internal import SwitchboardSpec

/// Takes apart the frames of a stream, one after another.
struct StreamDecoder {
    /// The number of bytes that are looked at first; twice as many each time that a frame does not end there.
    private static let firstWindow = 4096

    private var conversation: ConversationDissector
    private var input: BytesInput
    private let sender: Sender
    /// Whether nothing can be read any more.
    private var hasEnded = false

    init(_ conversation: ConversationDissector, _ input: BytesInput, from sender: Sender) {
        self.conversation = conversation
        self.input = input
        self.sender = sender
    }

    /// A frame with its place in the stream.
    struct Found {
        let offset: Int
        /// The bytes of the frame on the stream.
        let bytes: [UInt8]
        let frame: Dissection
        /// The number of bytes behind a frame whose end is unknown.
        var rest = 0
    }

    /// Returns the next frame; `nil` at the end of the stream, and behind a frame whose end is unknown.
    mutating func next() throws -> Found? {
        guard !hasEnded else { return nil }
        var size = Self.firstWindow
        while true {
            let window = try input.window(size)
            guard !window.isEmpty else { return nil }
            var conversation = conversation
            let frame = conversation.next(in: window, from: sender)
            if !frame.isComplete || frame.size == nil, window.count == size {
                size *= 2
                continue
            }
            self.conversation = conversation
            let offset = input.offset
            guard let end = frame.size, frame.isComplete else {
                hasEnded = true
                return Found(offset: offset, bytes: window, frame: frame, rest: window.count)
            }
            input.skip(end)
            return Found(offset: offset, bytes: Array(window.prefix(end)), frame: frame)
        }
    }
}
