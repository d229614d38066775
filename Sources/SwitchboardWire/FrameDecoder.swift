/// Finds frames in a stream of bytes, where they lie.
///
/// It keeps nothing between calls: bytes that are no whole frame stay with the caller, who asks again when more have
/// come.
public struct FrameDecoder: Sendable {
    /// The format of the frames.
    public let format: FrameFormat

    /// A decoder of frames in `format`.
    public init(_ format: FrameFormat) {
        self.format = format
    }

    /// A frame whose header and checksum are right.
    ///
    /// What it means is not known yet.
    public struct Frame: Sendable, Hashable {
        /// The code of its message.
        public let code: MessageCode
        /// The size of its payload, in bytes.
        public let payloadSize: Int
    }

    /// What the bytes begin with.
    public enum Outcome: Sendable, Hashable {
        /// A whole frame. The reader stands at its payload: read that with ``payload(of:in:_:)``.
        case frame(Frame)
        /// The beginning of a frame that has at least `size` bytes in all. The reader has not moved.
        case incomplete(size: Int)
        /// A frame with a fault, which the reader has moved past: the next frame may be in order.
        case skipped(Fault)
        /// Bytes after which no frame can be found any more: the stream is of no further use.
        case broken(Fault)
    }

    /// Looks at the bytes from the reader's position on.
    public func next(in reader: inout ByteReader) -> Outcome {
        guard reader.remaining >= format.headerSize else { return incompleteHeader(reader) }
        if let magic = format.magic, reader.peek(magic.place, format.byteOrder) != magic.value {
            return .broken(.invalidMagic)
        }
        if let version = format.version, reader.peek(version.place, format.byteOrder) != version.value {
            return .broken(.unsupportedVersion)
        }
        guard
            let length = reader.peek(format.length, format.byteOrder),
            let type = reader.peek(format.type, format.byteOrder)
        else { return incompleteHeader(reader) }
        let payloadSize = Int(clamping: length)
        guard payloadSize <= format.maximumPayload else { return .broken(.payloadTooLarge) }

        let covered = format.headerSize &+ payloadSize
        let size = covered &+ format.trailerSize
        guard reader.remaining >= size else { return .incomplete(size: size) }
        if format.checksum != nil {
            let expected = reader.peekInteger(at: covered, format.byteOrder, as: UInt32.self)
            let actual = unsafe reader.withUnsafeRemaining { bytes in
                unsafe FrameFormat.Checksum.crc32(of: UnsafeRawBufferPointer(rebasing: bytes[..<covered]))
            }
            guard actual == expected else {
                reader.skip(size)
                return .skipped(.checksumMismatch)
            }
        }
        reader.skip(format.headerSize)
        return .frame(Frame(code: MessageCode(truncatingIfNeeded: type), payloadSize: payloadSize))
    }

    /// Calls `body` with a reader that ends where the payload of `frame` does, and moves past the frame afterwards,
    /// however much of it was read.
    @inlinable @inline(__always)
    public func payload<Result, Failure>(
        of frame: Frame,
        in reader: inout ByteReader,
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { reader.skip(format.trailerSize) }
        return try reader.readWindow(frame.payloadSize, body)
    }

    /// A peer that does not speak the protocol at all is told so at its first wrong byte, not kept waiting for more.
    @inline(never)
    private func incompleteHeader(_ reader: ByteReader) -> Outcome {
        for (number, fault) in [(format.magic, Fault.invalidMagic), (format.version, .unsupportedVersion)] {
            guard let place = number?.place else { continue }
            for offset in place.offset..<place.offset + place.width.rawValue where offset < reader.remaining {
                guard reader.peekInteger(at: offset, .big, as: UInt8.self) == format.template[offset] else {
                    return .broken(fault)
                }
            }
        }
        return .incomplete(size: format.headerSize)
    }
}
