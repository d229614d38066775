internal import SwitchboardRouter
internal import SwitchboardTransport

/// Checks frames from other servers as strictly as frames of a peer, because any program with access to the engine can
/// write them.
struct BroadcastCheck: Sendable {
    private let decoder: FrameDecoder
    /// The size limits of the messages that a server may send, by code.
    private let sizes: [MessageCode: Int]
    private let overhead: Int

    init(_ core: ServerCore) {
        decoder = core.decoder
        overhead = core.frameFormat.overhead
        let sendable = core.wireProtocol.messages.filter { $0.sender != .client }
        sizes = Dictionary(sendable.map { ($0.code, $0.maximumPayload ?? .max) }, uniquingKeysWith: max)
    }

    /// Counts the frames of each message.
    ///
    /// - Returns: The counts; `nil` when the bytes are not whole, correct frames of messages that a server may send.
    func tallies(of frames: Bytes) -> [FrameBlock.Tally]? {
        var reader = ByteReader(frames)
        var tallies: [FrameBlock.Tally] = []
        while reader.remaining > 0 {
            guard case .frame(let frame) = decoder.next(in: &reader), let limit = sizes[frame.code],
                frame.payloadSize <= limit
            else { return nil }
            let size = frame.payloadSize &+ overhead
            reader.skip(size)
            if tallies.last?.code != frame.code {
                tallies.append(FrameBlock.Tally(sender: 0, code: frame.code, messages: 0, bytes: 0))
            }
            tallies[tallies.count - 1].messages += 1
            tallies[tallies.count - 1].bytes += size
        }
        return tallies
    }
}
