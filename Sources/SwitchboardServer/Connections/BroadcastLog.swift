internal import SwitchboardRouter

/// What the connections of a loop broadcast in one turn, frame behind frame: for nearly every receiver it is one piece of
/// memory, which all of them share.
struct BroadcastLog: ~Copyable {
    /// With this many frames, or bytes, a log is to be sent without waiting for the end of the turn.
    private static let maximumFrames = 1000
    private static let maximumBytes = 256 * 1024

    private var writer = ByteWriter(capacity: 0)
    private var frames: [Frame] = []
    private var tallies: [Tally] = []

    /// How many frames of one message a log has.
    struct Tally {
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
        let start = writer.count
        try encode(&writer)
        frames.append(Frame(sender: sender, end: writer.count))
        let index = tallies.firstIndex { $0.code == code } ?? tallies.count
        if index == tallies.count { tallies.append(Tally(code: code, messages: 0, bytes: 0)) }
        tallies[index].messages += 1
        tallies[index].bytes += writer.count - start
    }

    /// How many frames of each message were appended; all are forgotten afterwards.
    mutating func takeTallies() -> [Tally] {
        defer { tallies = [] }
        return tallies
    }

    /// All frames that were appended; the log is empty afterwards.
    mutating func take() -> Bytes {
        frames.removeAll(keepingCapacity: true)
        return writer.takeBytes()
    }

    /// Where in the log the frames are that others than `receiver` sent, in as few pieces as possible.
    func pieces(for receiver: ConnectionID) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = 0
        for frame in frames {
            if frame.sender != receiver {
                if pieces.last?.upperBound == start {
                    pieces[pieces.count - 1] = pieces[pieces.count - 1].lowerBound..<frame.end
                } else {
                    pieces.append(start..<frame.end)
                }
            }
            start = frame.end
        }
        return pieces
    }
}
