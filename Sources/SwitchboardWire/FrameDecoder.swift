/// Finds frames in a stream of bytes, where they lie.
///
/// It keeps nothing between calls: bytes that are no whole frame stay with the caller, who asks again when more have
/// come.
public struct FrameDecoder: Sendable {
    private let layout: HeaderLayout
    private let maximumPayload: Int
    @usableFromInline let trailerSize: Int

    /// A decoder of frames in `format`.
    public init(_ format: FrameFormat) {
        layout = format.layout
        maximumPayload = format.maximumPayload
        trailerSize = format.trailerSize
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
        ///
        /// A length that is smaller than what it counts beside the payload is a `Fault.malformedPayload`.
        case broken(Fault)
    }

    /// Looks at the bytes from the reader's position on.
    public func next(in reader: inout ByteReader) -> Outcome {
        var header = HeaderBytes()
        return next(in: &reader, header: &header)
    }

    /// Looks at the bytes from the reader's position on, and at the header of the frame there.
    ///
    /// - Parameters:
    ///   - reader: The bytes.
    ///   - header: Gets the extra fields and the correlation of a whole frame. Where the format has neither it is left as it
    ///     is: apart from the frame, so that such a protocol does not pay for them.
    public func next(in reader: inout ByteReader, header: inout HeaderBytes) -> Outcome {
        let available = reader.remaining
        guard available >= layout.size else { return incompleteHeader(reader) }
        guard let (type, length) = numbers(reader) else { return brokenHeader(reader) }
        let payloadSize = Int(truncatingIfNeeded: length) &- layout.lengthExcess
        // Below 0 it is larger than any that is allowed.
        guard UInt(bitPattern: payloadSize) <= UInt(bitPattern: maximumPayload) else {
            return .broken(payloadSize < 0 ? .malformedPayload : .payloadTooLarge)
        }

        let covered = layout.size &+ payloadSize
        let size = covered &+ trailerSize
        guard available >= size else { return .incomplete(size: size) }
        guard hasRightChecksum(reader, behind: covered) else {
            reader.skip(size)
            return .skipped(.checksumMismatch)
        }
        if layout.hasExtraBits { header = extraBytes(reader) }
        reader.skip(layout.size)
        return .frame(Frame(code: MessageCode(truncatingIfNeeded: type), payloadSize: payloadSize))
    }

    /// The run that begins with `frame`, of `limit` frames at most.
    ///
    /// - Parameter reader: Stands at the payload of `frame`, and is moved back to its start.
    package func run(from frame: Frame, in reader: inout ByteReader, limit: Int) -> FrameRun {
        reader.rewind(to: reader.mark &- layout.size)
        return FrameRun(frame, at: reader, layout, limit: limit)
    }

    /// The type and the length in the whole header ahead, if what is the same in every frame is so there.
    @inline(__always)
    private func numbers(_ reader: borrowing ByteReader) -> (type: UInt32, length: UInt32)? {
        unsafe reader.withUnsafeRemaining { bytes in
            // However long the header is: behind every block there are as many bytes as the longer word has.
            guard let header = bytes.baseAddress else { return nil }
            if let short = layout.short { return unsafe short.numbers(at: header) }
            return unsafe numbersOfLong(header)
        }
    }

    @inline(never)
    private func numbersOfLong(_ header: UnsafeRawPointer) -> (type: UInt32, length: UInt32)? {
        unsafe layout.long.numbers(at: header)
    }

    /// Whether the checksum behind the first `size` bytes, header and payload, is theirs.
    @inline(__always)
    private func hasRightChecksum(_ reader: borrowing ByteReader, behind size: Int) -> Bool {
        unsafe reader.withUnsafeRemaining { bytes in
            guard let frame = bytes.baseAddress else { return false }
            if !layout.hasUsualChecksum { return unsafe hasOtherRightChecksum(frame, behind: size) }
            let checksum = unsafe usualChecksum(of: frame, count: size)
            let expected = unsafe frame.loadUnaligned(fromByteOffset: size, as: UInt32.self)
            return checksum == expected.ordered(layout.order)
        }
    }

    /// The same for every other checksum, or none.
    @inline(never)
    private func hasOtherRightChecksum(_ frame: UnsafeRawPointer, behind size: Int) -> Bool {
        unsafe layout.checksum?.isRight(in: frame, behind: size) ?? true
    }

    /// The correlation and the extra fields of the whole header ahead.
    @inline(never)
    private func extraBytes(_ reader: borrowing ByteReader) -> HeaderBytes {
        unsafe reader.withUnsafeRemaining { bytes in
            guard let header = bytes.baseAddress else { return HeaderBytes() }
            return unsafe HeaderBytes(UInt128(littleEndian: header.loadUnaligned(as: UInt128.self)) & layout.extraBits)
        }
    }

    /// Calls `body` with a reader that ends where the payload of `frame` does, and moves past the frame afterwards,
    /// however much of it was read.
    @inlinable @inline(__always)
    public func payload<Result, Failure>(
        of frame: Frame,
        in reader: inout ByteReader,
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { reader.skip(trailerSize) }
        return try reader.readWindow(frame.payloadSize, body)
    }

    /// A peer that does not speak the protocol at all is told so at its first wrong byte, not kept waiting for more.
    @inline(never)
    private func incompleteHeader(_ reader: ByteReader) -> Outcome {
        let start = unsafe reader.withUnsafeRemaining { unsafe HeaderLayout.word(of: $0) }
        let mask = layout.fixedBits & ((1 << UInt128(8 * reader.remaining)) - 1)
        guard start & mask == layout.template & mask else { return .broken(fault(ofHeader: start, mask: mask)) }
        // The next byte may be wrong, if it is one that can be.
        let hasAllThatIsFixed = layout.fixedBits & ~mask == 0
        return .incomplete(size: hasAllThatIsFixed ? layout.size : reader.remaining &+ 1)
    }

    @inline(never)
    private func brokenHeader(_ reader: ByteReader) -> Outcome {
        .broken(fault(ofHeader: unsafe reader.withUnsafeRemaining { unsafe HeaderLayout.word(of: $0) }, mask: .max))
    }

    /// What is wrong with a header that differs from the template in the bits of `mask`.
    ///
    /// The first wrong byte says it, so that it does not depend on how much of the header has come.
    private func fault(ofHeader start: UInt128, mask: UInt128) -> Fault {
        let wrongBits = (start ^ layout.template) & layout.fixedBits & mask
        let firstWrongBit = wrongBits & (~wrongBits &+ 1)
        return firstWrongBit & layout.magicBits == 0 ? .unsupportedVersion : .invalidMagic
    }
}
