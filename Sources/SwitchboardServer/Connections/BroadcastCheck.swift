internal import SwitchboardBackplane
internal import SwitchboardRouter
internal import SwitchboardTransport

/// Checks frames from other servers as strictly as frames of a peer, because any program with access to the engine can
/// write them.
struct BroadcastCheck: Sendable {
    private let decoder: FrameDecoder
    /// The size limits of the messages that a server may send, by code.
    private let sizes: [MessageCode: Int]

    init(_ core: ServerCore) {
        decoder = FrameDecoder(core.frameFormat, from: .server)
        let sendable = core.wireProtocol.messages.filter { $0.sender != .client }
        sizes = Dictionary(sendable.map { ($0.code, $0.maximumPayload ?? .max) }, uniquingKeysWith: max)
    }

    /// Consecutive frames.
    struct Piece {
        var start: Int
        var end: Int
        var tallies: [BackplaneBlock.Tally]
    }

    /// Divides frames of this server into pieces of at most `limit` bytes; a frame that is larger is a piece of its own.
    func pieces(of frames: Bytes, limit: Int) -> [Piece] {
        var reader = ByteReader(frames)
        var pieces: [Piece] = []
        var end = 0
        while reader.remaining > 0, let (frame, size) = next(in: &reader) {
            if pieces.isEmpty || end &- pieces[pieces.count - 1].start &+ size > limit {
                pieces.append(Piece(start: end, end: end, tallies: []))
            }
            end &+= size
            pieces[pieces.count - 1].end = end
            let tally = BackplaneBlock.Tally(code: frame.code, messages: 1, bytes: UInt32(clamping: size))
            pieces[pieces.count - 1].tallies.add(tally)
        }
        return pieces
    }

    /// Counts the frames of each message.
    ///
    /// - Returns: The counts; `nil` when the bytes are not whole, correct frames of messages that a server may send.
    func tallies(of frames: Bytes) -> [FrameBlock.Tally]? {
        var reader = ByteReader(frames)
        var tallies: [FrameBlock.Tally] = []
        while reader.remaining > 0 {
            guard let (frame, size) = next(in: &reader), let limit = sizes[frame.code], frame.payloadSize <= limit
            else { return nil }
            if tallies.last?.code != frame.code {
                tallies.append(FrameBlock.Tally(sender: 0, code: frame.code, messages: 0, bytes: 0))
            }
            tallies[tallies.count - 1].messages += 1
            tallies[tallies.count - 1].bytes += size
        }
        return tallies
    }

    /// Reads a frame, and returns it with its size in the stream; `nil` if it is not whole and correct.
    private func next(in reader: inout ByteReader) -> (frame: FrameDecoder.Frame, size: Int)? {
        guard decoder.hasFraming else {
            guard case .frame(let frame) = decoder.next(in: &reader) else { return nil }
            let size = decoder.size(of: frame)
            reader.skip(size)
            return (frame, size)
        }
        let before = reader.remaining
        guard case .whole(let content) = decoder.content(in: &reader) else { return nil }
        var frame = ByteReader(content)
        guard case .frame(let found) = decoder.next(in: &frame) else { return nil }
        return (found, before - reader.remaining)
    }
}
