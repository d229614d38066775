internal import SwitchboardRouter
internal import SwitchboardTransport

/// The consecutive frames that the connections of an event loop send to other connections in one iteration, with their
/// destinations.
///
/// All receivers share the memory. A connection that sent some of the frames receives only the other ones.
struct BroadcastLog: ~Copyable {
    /// The number of frames and of bytes at which a log is sent before the end of the iteration.
    private static let maximumFrames = 1000
    private static let maximumBytes = 256 * 1024

    private var writer = ByteWriter(capacity: 0)
    private var frames: [Frame] = []
    private var parts: [FrameBlock.Part] = []
    private var tallies: [FrameBlock.Tally] = []
    /// The memory of the previous log, which the next one reuses if nothing refers to it.
    private var spare: ByteStorage?

    private struct Frame {
        let sender: ConnectionID
        /// The offset of its end in the log, in bytes.
        let end: Int
    }

    var isEmpty: Bool { parts.isEmpty }

    var isFull: Bool {
        frames.count >= Self.maximumFrames || writer.count >= Self.maximumBytes || parts.count >= Self.maximumFrames
    }

    /// Appends the frame that `encode` writes.
    ///
    /// - Parameters:
    ///   - code: The code of the message.
    ///   - sender: The connection that sends the frame, and does not receive it; 0 for none.
    ///   - destination: The connections that receive it.
    mutating func append<Failure>(
        _ code: MessageCode,
        from sender: ConnectionID,
        to destination: Destination,
        _ encode: (inout ByteWriter) throws(Failure) -> Void
    ) throws(Failure) {
        if parts.isEmpty, isKnownUniquelyReferenced(&spare), let spare = spare.take() {
            writer = ByteWriter(reusing: spare)
        }
        let start = writer.count
        try encode(&writer)
        frames.append(Frame(sender: sender, end: writer.count))
        if parts.isEmpty || !parts[parts.count - 1].takesFrames(to: destination) {
            parts.append(FrameBlock.Part(destination: destination, closing: nil, tallies: tallies.count))
        }
        let part = parts.count - 1
        if parts[part].tallies.isEmpty || tallies[tallies.count - 1].sender != sender
            || tallies[tallies.count - 1].code != code
        {
            tallies.append(FrameBlock.Tally(sender: sender, code: code, messages: 0, bytes: 0))
        }
        tallies[tallies.count - 1].messages += 1
        tallies[tallies.count - 1].bytes += writer.count - start
        parts[part].end(bytes: writer.count, frames: frames.count, tallies: tallies.count)
    }

    /// Appends the order to close the connections of `destination` except `sender`, after the frame of a last message,
    /// if one is given.
    mutating func appendClosing(
        from sender: ConnectionID,
        to destination: Destination,
        last: (code: MessageCode, frame: Bytes)?
    ) {
        parts.append(FrameBlock.Part(destination: destination, closing: sender, tallies: tallies.count))
        if let last {
            writer.append(last.frame)
            frames.append(Frame(sender: sender, end: writer.count))
            tallies.append(
                FrameBlock.Tally(sender: sender, code: last.code, messages: 1, bytes: last.frame.count)
            )
        }
        parts[parts.count - 1].end(bytes: writer.count, frames: frames.count, tallies: tallies.count)
    }

    /// Moves the frames to a block, whose memory all receivers share.
    ///
    /// Call ``clear(reusing:)`` with the block when it is delivered.
    mutating func takeBlock() -> FrameBlock {
        let bytes = writer.takeBytes()
        spare = bytes.sharedStorage
        // If a former log was much larger, most of the memory is unused, and a slow receiver would keep all of it: copy
        // the frames once.
        return FrameBlock(
            bytes: bytes.keepsMuchElse ? bytes.copied() : bytes,
            parts: exchange(&parts, with: []),
            tallies: exchange(&tallies, with: [])
        )
    }

    /// Empties the log, and reuses the memory of the block unless another event loop has a reference to it.
    mutating func clear(reusing block: consuming FrameBlock) {
        frames.removeAll(keepingCapacity: true)
        parts = block.parts
        tallies = block.tallies
        _ = consume block
        parts.removeAll(keepingCapacity: true)
        tallies.removeAll(keepingCapacity: true)
    }

    /// Calls `body` with the ranges of the frames of a part that `receiver` did not send, with as few calls as
    /// possible.
    ///
    /// The method works until ``clear(reusing:)``, also for a block that was taken.
    ///
    /// - Parameters:
    ///   - receiver: The number of the connection.
    ///   - start: The start of the part.
    ///   - end: The end of the part.
    func forEachPiece(
        for receiver: ConnectionID,
        from start: FrameBlock.Position,
        to end: FrameBlock.Position,
        _ body: (Range<Int>) -> Void
    ) {
        var piece = start.bytes..<start.bytes
        for index in start.frames..<end.frames {
            let frame = frames[index]
            if frame.sender == receiver {
                if !piece.isEmpty { body(piece) }
                piece = frame.end..<frame.end
            } else {
                piece = piece.lowerBound..<frame.end
            }
        }
        if !piece.isEmpty { body(piece) }
    }
}

/// Encoded frames and their destinations, for every event loop.
struct FrameBlock: Sendable {
    let bytes: Bytes
    /// The parts, in the order in which they were sent.
    let parts: [Part]
    /// The number of frames by sender and message, in the order of the frames.
    let tallies: [Tally]

    /// A position in a block.
    struct Position {
        var bytes = 0
        var frames = 0
    }

    /// Consecutive frames with one destination.
    struct Part: Sendable {
        let destination: Destination
        /// The connection that closes the receivers after these frames, and is not closed itself; 0 for none.
        ///
        /// `nil` if the receivers stay open.
        let closing: ConnectionID?
        /// The end of the part.
        private(set) var end = Position()
        /// The positions of the part's tallies.
        private(set) var tallies: Range<Int>

        init(destination: Destination, closing: ConnectionID?, tallies: Int) {
            self.destination = destination
            self.closing = closing
            self.tallies = tallies..<tallies
        }

        /// Returns whether more frames to `destination` belong to this part.
        func takesFrames(to destination: Destination) -> Bool {
            closing == nil && self.destination == destination
        }

        mutating func end(bytes: Int, frames: Int, tallies: Int) {
            end = Position(bytes: bytes, frames: frames)
            self.tallies = self.tallies.lowerBound..<tallies
        }
    }

    init(bytes: Bytes, parts: [Part], tallies: [Tally]) {
        self.bytes = bytes
        self.parts = parts
        self.tallies = tallies
    }

    /// A block of frames that another server sent to one destination.
    init(_ frames: Bytes, _ tallies: [Tally], to destination: Destination, closesReceivers: Bool) {
        var part = Part(destination: destination, closing: closesReceivers ? 0 : nil, tallies: 0)
        part.end(bytes: frames.count, frames: 0, tallies: tallies.count)
        bytes = frames
        parts = [part]
        self.tallies = tallies
    }

    /// Consecutive frames of one message from one connection.
    struct Tally: Sendable {
        /// The connection; 0 when the frames are not from a connection.
        let sender: ConnectionID
        let code: MessageCode
        var messages: Int
        var bytes: Int
    }
}
