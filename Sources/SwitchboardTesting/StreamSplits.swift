public import Switchboard

/// Checks that a stream decodes to the same frames however it arrives: whole, split in two at every position, and byte
/// by byte.
///
/// - Parameters:
///   - stream: Bytes that a peer may send, such as frames and broken frames.
///   - wireProtocol: The protocol to decode the stream with.
///   - sender: The end that sends the stream; `.both` accepts the frames of either end. Only a protocol with a magic number for each
///     end uses it.
/// - Returns: The frames in the stream.
/// - Throws: A ``TestError`` that names the position at which a split changes the decoded frames.
@discardableResult
public func verifySplits(
    of stream: [UInt8],
    speaking wireProtocol: any WireProtocol.Type,
    from sender: Sender = .both
) throws(TestError) -> [DecodedFrame] {
    let decoders = StageDecoders(wireProtocol.frameFormat, from: sender)
    let whole = decoders.frames(in: [stream])
    for cut in stream.indices {
        guard decoders.frames(in: [Array(stream[..<cut]), Array(stream[cut...])]) == whole else {
            throw TestError(.dependsOnSplit, "split after \(cut) bytes, the stream decodes to other frames")
        }
    }
    guard decoders.frames(in: stream.map { [$0] }) == whole else {
        throw TestError(.dependsOnSplit, "byte by byte, the stream decodes to other frames")
    }
    return whole
}

/// A frame or a fault that a decoder finds in a stream.
public enum DecodedFrame: Sendable, Hashable {
    /// A message.
    case message(ReceivedMessage)
    /// A frame with a fault, after which the stream continues.
    case skipped(Fault)
    /// A fault after which no further frame can be found.
    case broken(Fault)
    /// The number of bytes at the end that do not form a whole frame.
    case incomplete(Int)
}

extension StageDecoders {
    /// Returns the frames in a stream that arrives in pieces, as a connection decodes it.
    fileprivate func frames(in pieces: [[UInt8]]) -> [DecodedFrame] {
        var found: [DecodedFrame] = []
        var unread: [UInt8] = []
        var stage = first
        for piece in pieces {
            unread += piece
            var reader = ByteReader(Bytes(unread))
            guard read(&reader, from: &stage, into: &found) else { return found }
            unread.removeFirst(unread.count - reader.remaining)
        }
        return found + (unread.isEmpty ? [] : [.incomplete(unread.count)])
    }

    /// Reads all whole frames, the first of which is of stage `stage`.
    ///
    /// - Parameter replyCode: Returns the code of a reply whose frame has none, from its header.
    /// - Returns: Whether the stream can continue.
    func read(
        _ reader: inout ByteReader,
        from stage: inout Int,
        into found: inout [DecodedFrame],
        replyCode: (HeaderBytes) -> MessageCode? = { _ in nil }
    ) -> Bool {
        guard hasFraming else { return readContent(&reader, from: &stage, into: &found, replyCode) }
        while true {
            switch self[stage].content(in: &reader) {
            case .whole(let content):
                var frame = ByteReader(content)
                guard readContent(&frame, from: &stage, into: &found, replyCode) else { return false }
            case .skipped(let fault): found.append(.skipped(fault))
            case .broken(let fault):
                found.append(.broken(fault))
                return false
            case .incomplete: return true
            }
        }
    }

    /// Reads the frames in `reader`, which have no framing or were taken out of it.
    private func readContent(
        _ reader: inout ByteReader,
        from stage: inout Int,
        into found: inout [DecodedFrame],
        _ replyCode: (HeaderBytes) -> MessageCode?
    ) -> Bool {
        while !hasFraming || reader.remaining > 0 {
            let decoder = self[stage]
            var header = HeaderBytes()
            switch decoder.next(in: &reader, header: &header) {
            case .frame(let frame):
                let code = frame.code == .ofReply ? replyCode(header) ?? .ofReply : frame.code
                stage = self.stage(after: code, in: stage)
                let payload = decoder.payload(of: frame, in: &reader) { $0.readBytes(frame.payloadSize) } ?? Bytes()
                found.append(.message(ReceivedMessage(code: code, header: header, payload: payload)))
            case .skipped(let fault): found.append(.skipped(fault))
            case .broken(let fault):
                found.append(.broken(fault))
                return false
            case .incomplete: return true
            }
        }
        return true
    }
}
