internal import SwitchboardRouter
internal import SwitchboardTransport

/// What the connections of a loop broadcast in one turn, frame behind frame: for nearly every receiver it is one piece of
/// memory, which all of them share.
struct BroadcastLog: ~Copyable {
    /// With this many frames, or bytes, a log is to be sent without waiting for the end of the turn.
    private static let maximumFrames = 1000
    private static let maximumBytes = 256 * 1024

    private var writer = ByteWriter(capacity: 0)
    private var frames: [Frame] = []
    /// The memory of the log before, for the next one if nobody refers to it any more.
    private var spare: ByteStorage?

    /// How many frames there are.
    private(set) var tallies: [Tally] = []

    /// How many frames of one message came from one connection, one behind the other.
    struct Tally {
        let sender: ConnectionID
        let code: MessageCode
        var messages: Int
        var bytes: Int
    }

    private struct Frame {
        let sender: ConnectionID
        /// Where it ends in the log.
        let end: Int
    }

    var isEmpty: Bool { frames.isEmpty }

    var isFull: Bool { frames.count >= Self.maximumFrames || writer.count >= Self.maximumBytes }

    /// Appends what `encode` writes.
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

    /// All frames that were appended, in memory that their receivers share.
    ///
    /// ``clear()`` is to follow.
    mutating func takeBytes() -> Bytes {
        let bytes = writer.takeBytes()
        spare = bytes.sharedStorage
        // Where memory is left from a larger log, one copy for all is less than one for each who is slow.
        return bytes.keepsMuchElse ? bytes.copied() : bytes
    }

    /// Begins anew.
    mutating func clear() {
        frames.removeAll(keepingCapacity: true)
        tallies.removeAll(keepingCapacity: true)
    }

    /// Calls `body` with where in the log the frames are that others than `receiver` sent, in as few pieces as possible.
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
