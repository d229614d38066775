internal import SwitchboardRouter
internal import SwitchboardTransport

/// The frames that the connections of an event loop broadcast in one iteration, one after another.
///
/// All receivers share the memory. A connection that broadcast some of the frames gets the pieces between them.
struct BroadcastLog: ~Copyable {
    /// A log with this many frames, or bytes, is sent before the end of the iteration.
    private static let maximumFrames = 1000
    private static let maximumBytes = 256 * 1024

    private var writer = ByteWriter(capacity: 0)
    private var frames: [Frame] = []
    /// The memory of the previous log, which the next one reuses if nothing refers to it.
    private var spare: ByteStorage?

    /// The number of frames by sender and message, in the order of the log.
    private(set) var tallies: [Tally] = []

    /// Consecutive frames of one message from one connection.
    struct Tally {
        let sender: ConnectionID
        let code: MessageCode
        var messages: Int
        var bytes: Int
    }

    private struct Frame {
        let sender: ConnectionID
        /// The position of its end in the log, in bytes.
        let end: Int
    }

    var isEmpty: Bool { frames.isEmpty }

    var isFull: Bool { frames.count >= Self.maximumFrames || writer.count >= Self.maximumBytes }

    /// Appends the frame that `encode` writes.
    mutating func append<Failure>(
        _ code: MessageCode,
        from sender: ConnectionID,
        _ encode: (inout ByteWriter) throws(Failure) -> Void
    ) throws(Failure) {
        if frames.isEmpty, isKnownUniquelyReferenced(&spare), let spare = spare.take() {
            writer = ByteWriter(reusing: spare)
        }
        let start = writer.count
        try encode(&writer)
        frames.append(Frame(sender: sender, end: writer.count))
        if tallies.last?.sender != sender || tallies.last?.code != code {
            tallies.append(Tally(sender: sender, code: code, messages: 0, bytes: 0))
        }
        tallies[tallies.count - 1].messages += 1
        tallies[tallies.count - 1].bytes += writer.count - start
    }

    /// Takes all frames out, in memory that their receivers share.
    ///
    /// Call ``clear()`` afterwards.
    mutating func takeBytes() -> Bytes {
        let bytes = writer.takeBytes()
        spare = bytes.sharedStorage
        // After a larger log much of the memory is unused, and each slow receiver would keep all of it: copy once.
        return bytes.keepsMuchElse ? bytes.copied() : bytes
    }

    /// Removes the frames and the tallies.
    mutating func clear() {
        frames.removeAll(keepingCapacity: true)
        tallies.removeAll(keepingCapacity: true)
    }

    /// Calls `body` with the ranges of the log without the frames that `receiver` sent, as few as possible.
    func forEachPiece(for receiver: ConnectionID, _ body: (Range<Int>) -> Void) {
        var piece = 0..<0
        for frame in frames {
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
