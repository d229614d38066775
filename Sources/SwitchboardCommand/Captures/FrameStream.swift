internal import SwitchboardCalling
internal import SwitchboardCaptures
internal import SwitchboardSpec

/// The frames in the stream of one end of a connection, of which bytes may be missing.
final class FrameStream {
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
    private var buffer = FrameBuffer()
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
    var waiting: Int { buffer.count }

    /// Returns what `event` completes.
    func add(
        _ event: StreamEvent,
        _ dissector: inout ConversationDissector
    ) -> [CaptureDecoder.Content] {
        time = event.time ?? time
        switch event.content {
        case .start: return []
        case .bytes(let bytes):
            guard state != .stopped else {
                buffer.skipMissing(bytes.count)
                return []
            }
            buffer.append(bytes)
            skipUseless()
            return frames(&dissector)
        case .missing(let count, let isCut): return lose(count, isCut, &dissector)
        case .end:
            hasEnded = true
            var found: [CaptureDecoder.Content] = []
            // The magic was within a frame: what follows it may have whole frames.
            while state == .trying, waiting > 0 {
                buffer.skip(1)
                state = .searching
                found += frames(&dissector)
            }
            return found + rest(&dissector)
        }
    }

    /// Stops to read a stream whose frames are too large for the memory.
    func giveUp() -> CaptureDecoder.Content {
        let text = "a frame has no end within \(waiting) bytes"
        let place = buffer.offset
        _ = buffer.takeRest()
        state = .stopped
        return notice("\(text): \(consequence)", at: place)
    }

    // MARK: Frames

    /// Takes the frames that are whole, and those that are malformed.
    private func frames(_ dissector: inout ConversationDissector) -> [CaptureDecoder.Content] {
        var found: [CaptureDecoder.Content] = []
        while state != .searching || seek(), state != .stopped, let next = buffer.next(&dissector, from: sender) {
            if state == .trying, next.frame.problem != nil {
                buffer.skip(1)
                state = .searching
                continue
            }
            state = .reading
            found.append(.frame(next))
            if next.frame.isWhole { continue }
            if let size = next.frame.size {
                buffer.skip(max(1, size))
            } else {
                found += loseTrack(at: buffer.offset, "the frame has no known end", skipping: 1)
            }
        }
        return found
    }

    private func skipUseless() {
        let count = min(useless, waiting)
        guard count > 0 else { return }
        buffer.skip(count)
        useless -= count
    }

    // MARK: Missing bytes

    /// Moves on to where a frame may begin; returns whether there is such a place.
    private func seek() -> Bool {
        guard let search else { return false }
        let (place, isCertain) = search.place(in: buffer.rest)
        // Whatever remains without a place is shorter than what is searched for.
        buffer.skip(place ?? max(0, waiting - search.overlap))
        guard place != nil else { return false }
        state = isCertain ? .reading : .trying
        return waiting > 0
    }

    private func lose(
        _ count: Int,
        _ isCut: Bool,
        _ dissector: inout ConversationDissector
    ) -> [CaptureDecoder.Content] {
        guard state != .stopped else {
            buffer.skipMissing(count)
            return []
        }
        let text = "\(count == 1 ? "1 byte is" : "\(count) bytes are") missing: the capture "
        let reason = text + (isCut ? "has only the beginning of a packet" : "lacks a packet")
        let place = buffer.offset + waiting
        if useless > 0 || state == .reading, let left = left(behind: count) {
            // The header says where the frame ends.
            let found = rest(&dissector)
            buffer.skipMissing(count)
            useless = left
            return found + [notice(reason, at: place)]
        }
        let found = rest(&dissector)
        useless = 0
        buffer.skipMissing(count)
        return found + loseTrack(at: place, reason, skipping: 0)
    }

    /// Returns the number of bytes of the next frame that follow `count` missing ones; `nil` if that is not known.
    private func left(behind count: Int) -> Int? {
        if useless > 0 { return useless >= count ? useless - count : nil }
        guard let size = buffer.announcedSize, size >= waiting + count else { return nil }
        return size - waiting - count
    }

    /// Takes the bytes of a frame that has no end.
    private func rest(_ dissector: inout ConversationDissector) -> [CaptureDecoder.Content] {
        guard state == .reading else {
            _ = buffer.takeRest()
            return []
        }
        return buffer.end(&dissector, from: sender).map { [.frame($0)] } ?? []
    }

    /// Goes on to search for a frame, or stops.
    private func loseTrack(at place: Int, _ reason: String, skipping count: Int) -> [CaptureDecoder.Content] {
        buffer.skip(min(count, waiting))
        state = search == nil ? .stopped : .searching
        if state == .stopped { _ = buffer.takeRest() }
        return [notice("\(reason); \(search?.text ?? consequence)", at: place)]
    }

    /// What happens to the rest of a stream that is not read.
    private var consequence: String { "the rest of what the \(sender) sends is not decoded" }

    private func notice(_ text: String, at place: Int) -> CaptureDecoder.Content {
        .notice(CaptureDecoder.Notice(text: text, isMistake: true), offset: place)
    }
}
