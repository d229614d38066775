public import Switchboard

/// Checks that a stream of frames means the same however it arrives: whole, cut in two at every place, and byte by byte.
///
/// - Parameters:
///   - stream: The bytes: frames, broken ones too, and whatever else a peer may send.
///   - wireProtocol: The protocol that they are to be decoded as.
/// - Returns: What the stream means.
/// - Throws: A ``TestError`` that says where it was cut when it meant something else.
@discardableResult
public func verifySplits(
    of stream: [UInt8],
    speaking wireProtocol: any WireProtocol.Type
) throws(TestError) -> [DecodedFrame] {
    let decoder = FrameDecoder(wireProtocol.frameFormat)
    let whole = decoder.frames(in: [stream])
    for cut in stream.indices {
        guard decoder.frames(in: [Array(stream[..<cut]), Array(stream[cut...])]) == whole else {
            throw TestError(.dependsOnSplit, "cut in two behind \(cut) bytes, the stream means something else")
        }
    }
    guard decoder.frames(in: stream.map { [$0] }) == whole else {
        throw TestError(.dependsOnSplit, "byte by byte, the stream means something else")
    }
    return whole
}

/// What a decoder finds in a stream.
public enum DecodedFrame: Sendable, Hashable {
    /// A message.
    case message(ReceivedMessage)
    /// A frame with a fault, behind which the stream goes on.
    case skipped(Fault)
    /// A fault behind which no frame can be found any more.
    case broken(Fault)
    /// So many bytes at the end that are no whole frame.
    case incomplete(Int)
}

extension FrameDecoder {
    /// What is found in a stream that arrives in pieces, as a connection would find it.
    fileprivate func frames(in pieces: [[UInt8]]) -> [DecodedFrame] {
        var found: [DecodedFrame] = []
        var unread: [UInt8] = []
        for piece in pieces {
            unread += piece
            var reader = ByteReader(Bytes(unread))
            guard read(&reader, into: &found) else { return found }
            unread.removeFirst(unread.count - reader.remaining)
        }
        return found + (unread.isEmpty ? [] : [.incomplete(unread.count)])
    }

    /// Takes all whole frames out of `reader`; returns whether the stream can go on.
    func read(_ reader: inout ByteReader, into found: inout [DecodedFrame]) -> Bool {
        while true {
            var header = HeaderBytes()
            switch next(in: &reader, header: &header) {
            case .frame(let frame):
                let payload = payload(of: frame, in: &reader) { $0.readBytes(frame.payloadSize) } ?? Bytes()
                found.append(.message(ReceivedMessage(code: frame.code, header: header, payload: payload)))
            case .skipped(let fault): found.append(.skipped(fault))
            case .broken(let fault):
                found.append(.broken(fault))
                return false
            case .incomplete: return true
            }
        }
    }
}
