extension FrameDecoder {
    /// What a stream of frames with a ``FrameFormat/framing`` has at the position of its reader.
    public enum Content: Sendable, Hashable {
        /// A whole frame without its delimiters and escapes, for ``next(in:)``. The reader has moved past it.
        case whole(Bytes)
        /// The beginning of a frame, which has at least `size` bytes without its delimiters and escapes. The reader has moved past the
        /// delimiters before it.
        case incomplete(size: Int)
        /// A frame with a wrong escape. The reader has moved past it: the next frame may be correct.
        case skipped(Fault)
        /// A fault after which the start of the next frame is unknown: close the stream.
        case broken(Fault)
    }

    /// Whether frames have delimiters and escapes: then ``content(in:)`` finds them in a stream.
    public var hasFraming: Bool { layout.codec?.framing != nil }

    /// Searches for the next delimiter of a stream, and takes the frame before it out of its framing.
    ///
    /// Without a framing, it takes all bytes.
    public func content(in reader: inout ByteReader) -> Content {
        guard let codec = layout.codec, let framing = codec.framing else {
            return .whole(reader.readBytes(reader.remaining) ?? Bytes())
        }
        let limit = codec.type.maximumHeaderSize &+ maximumPayload &+ trailerSize
        switch unsafe reader.withUnsafeRemaining({ unsafe framing.piece(of: $0, limit: limit) }) {
        case .frame(let content, let size):
            reader.skip(size)
            return .whole(Bytes(content))
        case .malformed(let size):
            reader.skip(size)
            return .skipped(.malformedPayload)
        case .incomplete(let skipped, let size):
            reader.skip(skipped)
            return .incomplete(size: size)
        case .tooLarge: return .broken(.payloadTooLarge)
        }
    }
}
