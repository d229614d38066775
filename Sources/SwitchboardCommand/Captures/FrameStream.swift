internal import SwitchboardCaptures
internal import SwitchboardSpec

/// The frames in the stream of one end of a connection, of which bytes may be missing.
struct FrameStream {
    /// The number of bytes that are looked at first; twice as many each time that a frame does not end there.
    private static let firstWindow = 4096

    private enum State {
        /// A frame begins at the next byte.
        case reading
        /// A frame begins at the next byte if the whole frame is correct.
        case trying
        /// It is not known where the next frame begins.
        case searching
        /// The rest of the stream cannot be read.
        case stopped
    }

    private let sender: Sender
    private let search: FrameSearch?
    private var state: State
    private var buffer: [UInt8] = []
    /// The number of bytes of ``buffer`` that were used.
    private var used = 0
    /// The offset in the stream of the next byte.
    private var offset = 0
    /// The number of bytes that must wait before the next frame is looked at again.
    private var needed = 1
    /// The number of bytes that the next frame has; `nil` if that is not known.
    private var size: Int?
    /// The number of bytes of a frame that are still to come, and of no use because others are missing.
    private var useless = 0
    /// The time of the last bytes.
    private(set) var time: Timestamp?
    private(set) var hasEnded = false

    /// The stream of `sender`.
    ///
    /// - Parameters:
    ///   - search: How to find a frame behind missing bytes; `nil` if that is not possible.
    ///   - hasBeginning: Whether the first bytes are the beginning of a frame; otherwise they may be from the middle of one.
    init(_ sender: Sender, _ search: FrameSearch?, hasBeginning: Bool) {
        self.sender = sender
        self.search = search
        state = hasBeginning || search == nil ? .reading : .trying
    }

    /// The number of bytes that were not yet used.
    var waiting: Int { buffer.count - used }

    /// Gives up the bytes, which a copy has.
    mutating func release() { (buffer, used) = ([], 0) }

    /// Returns what `event` completes.
    mutating func add(
        _ event: StreamEvent,
        _ dissector: inout ConversationDissector
    ) -> [CaptureDecoder.Content] {
        time = event.time ?? time
        switch event.content {
        case .bytes(let bytes):
            guard state != .stopped else {
                offset += bytes.count
                return []
            }
            buffer += bytes
            skipUseless()
            return frames(&dissector)
        case .missing(let count, let isCut): return lose(count, isCut, &dissector)
        case .end:
            hasEnded = true
            var found: [CaptureDecoder.Content] = []
            // The magic was within a frame: what follows it may have whole frames.
            while state == .trying, waiting > 0 {
                skip(1)
                state = .searching
                found += frames(&dissector)
            }
            return found + rest(&dissector)
        }
    }

    /// Stops to read a stream whose frames are too large for the memory.
    mutating func giveUp() -> CaptureDecoder.Content {
        let text = "a frame has no end within \(waiting) bytes"
        let place = offset
        skip(waiting)
        state = .stopped
        return notice("\(text): \(consequence)", at: place)
    }

    // MARK: Frames

    /// Takes the frames that are whole, and those that are malformed.
    private mutating func frames(_ dissector: inout ConversationDissector) -> [CaptureDecoder.Content] {
        var found: [CaptureDecoder.Content] = []
        while waiting >= needed {
            if state == .searching, !seek() { break }
            if state == .stopped { break }
            let (frame, window) = next(&dissector)
            guard frame.isComplete else {
                size = frame.announcedSize
                needed = max(frame.announcedSize ?? 0, waiting + 1)
                break
            }
            if state == .trying, frame.problem != nil {
                skip(1)
                state = .searching
                continue
            }
            state = .reading
            let bytes = Array(window.prefix(frame.size ?? window.count))
            found.append(.frame(StreamDecoder.Found(offset: offset, bytes: bytes, frame: frame)))
            if let size = frame.size {
                skip(max(1, size))
            } else {
                found += loseTrack(at: offset, "the frame has no known end", skipping: 1)
            }
        }
        // Bytes that were used are removed together, not after each frame.
        buffer.removeFirst(used)
        used = 0
        return found
    }

    /// Returns the next frame, and the bytes in which it was looked for.
    private func next(_ dissector: inout ConversationDissector) -> (Dissection, [UInt8]) {
        var count = max(Self.firstWindow, needed)
        while true {
            let window = Array(buffer[used..<used + min(count, waiting)])
            // The dissector notes only frames that are whole.
            let frame = dissector.next(in: window, from: sender)
            if frame.isComplete && frame.size != nil || window.count == waiting { return (frame, window) }
            count *= 2
        }
    }

    private mutating func skip(_ count: Int) {
        used += count
        offset += count
        (needed, size) = (1, nil)
    }

    private mutating func skipUseless() {
        let count = min(useless, waiting)
        guard count > 0 else { return }
        skip(count)
        useless -= count
    }

    // MARK: Missing bytes

    /// Moves on to where a frame may begin; returns whether there is such a place.
    private mutating func seek() -> Bool {
        guard let search else { return false }
        let (place, isCertain) = search.place(in: buffer[used...])
        skip(place ?? max(0, waiting - search.overlap))
        // Whatever remains is shorter than what is searched for.
        guard place != nil else {
            needed = waiting + 1
            return false
        }
        state = isCertain ? .reading : .trying
        return waiting > 0
    }

    private mutating func lose(
        _ count: Int,
        _ isCut: Bool,
        _ dissector: inout ConversationDissector
    ) -> [CaptureDecoder.Content] {
        guard state != .stopped else {
            offset += count
            return []
        }
        let text = "\(count == 1 ? "1 byte is" : "\(count) bytes are") missing: the capture "
        let reason = text + (isCut ? "has only the beginning of a packet" : "lacks a packet")
        let place = offset + waiting
        if useless > 0 || state == .reading, let left = left(behind: count) {
            // The header says where the frame ends.
            let found = rest(&dissector)
            offset += count
            useless = left
            return found + [notice(reason, at: place)]
        }
        let found = rest(&dissector)
        useless = 0
        offset += count
        return found + loseTrack(at: place, reason, skipping: 0)
    }

    /// Returns the number of bytes of the next frame that follow `count` missing ones; `nil` if that is not known.
    private func left(behind count: Int) -> Int? {
        if useless > 0 { return useless >= count ? useless - count : nil }
        guard let size, size >= waiting + count else { return nil }
        return size - waiting - count
    }

    /// Takes the bytes of a frame that has no end.
    private mutating func rest(_ dissector: inout ConversationDissector) -> [CaptureDecoder.Content] {
        guard waiting > 0 else { return [] }
        let window = Array(buffer[used...])
        let place = offset
        let isFrame = state == .reading
        skip(waiting)
        release()
        guard isFrame else { return [] }
        let frame = dissector.next(in: window, from: sender)
        return [.frame(StreamDecoder.Found(offset: place, bytes: window, frame: frame))]
    }

    /// Goes on to search for a frame, or stops.
    private mutating func loseTrack(at place: Int, _ reason: String, skipping count: Int) -> [CaptureDecoder.Content] {
        skip(min(count, waiting))
        state = search == nil ? .stopped : .searching
        if state == .stopped { skip(waiting) }
        return [notice("\(reason); \(search?.text ?? consequence)", at: place)]
    }

    /// What happens to the rest of a stream that is not read.
    private var consequence: String { "the rest of what the \(sender) sends is not decoded" }

    private func notice(_ text: String, at place: Int) -> CaptureDecoder.Content {
        .notice(CaptureDecoder.Notice(text: text, isMistake: true), offset: place)
    }
}
