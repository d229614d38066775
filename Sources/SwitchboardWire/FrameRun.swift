/// Frames that follow each other and have the same header: one that ``FrameDecoder`` has found, and those like it.
///
/// To find the next of them is a fraction of the work of finding any frame.
@safe @usableFromInline
package struct FrameRun: Sendable {
    /// What all of them have in common.
    @usableFromInline package let frame: FrameDecoder.Frame

    /// How many of them have been found, 1 or more.
    @usableFromInline package var count = 1

    /// How many of them were handled.
    @usableFromInline package var handled = 0

    /// The number of bytes in the replies to them.
    @usableFromInline package var replyBytes = 0

    /// How many there may be.
    @usableFromInline package var limit: Int

    // In bytes: from the start of a frame to its payload, to its checksum, and to its end.
    @usableFromInline let headerSize: Int
    @usableFromInline let coveredSize: Int
    @usableFromInline let size: Int

    /// The bits of a header, the first byte the lowest.
    @usableFromInline let headerBits: HeaderBytes
    @usableFromInline let byteOrder: ByteOrder
    @usableFromInline let hasUsualChecksum: Bool
    private let checksum: ChecksumPlace?

    init(_ frame: FrameDecoder.Frame, _ layout: HeaderLayout, _ byteOrder: ByteOrder, limit: Int) {
        self.frame = frame
        headerSize = layout.size
        coveredSize = layout.size &+ frame.payloadSize
        size = coveredSize &+ layout.trailerSize
        headerBits = HeaderBytes(UInt128.max >> UInt128(8 * (HeaderLayout.maximumSize - layout.size)))
        self.byteOrder = byteOrder
        hasUsualChecksum = layout.hasUsualChecksum
        checksum = layout.checksum
        // Headers with fields of their own differ.
        self.limit = layout.hasExtraBits ? 1 : limit
    }

    /// Calls `body` with a reader of the payload that `reader` stands at, and moves `reader` past the frame.
    @inlinable @inline(__always)
    package func payload<Result, Failure>(
        in reader: inout ByteReader,
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { reader.skip(size &- coveredSize) }
        return try reader.readWindow(frame.payloadSize, body)
    }

    /// Moves from behind a frame of the run back to its payload.
    @inlinable @inline(__always)
    package func rewind(_ reader: inout ByteReader) {
        reader.rewind(to: reader.mark &- (size &- headerSize))
    }

    /// Moves from behind a frame of the run to the payload of the next one, if one follows that is whole and right.
    ///
    /// Otherwise nothing moves: ``FrameDecoder`` says what is there.
    @inlinable @inline(__always)
    package mutating func next(in reader: inout ByteReader) -> Bool {
        guard count < limit, reader.remaining >= size, reader.mark >= size else { return false }
        let isNext = unsafe reader.withUnsafeRemaining { bytes in
            guard let frame = bytes.baseAddress else { return false }
            // Sixteen bytes are loaded, however long the header is: behind every block there are as many.
            let previous = unsafe frame - size
            let low = unsafe frame.loadUnaligned(as: UInt64.self) ^ previous.loadUnaligned(as: UInt64.self)
            let high =
                unsafe frame.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                ^ previous.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            guard low.littleEndian & headerBits.low | high.littleEndian & headerBits.high == 0 else { return false }
            if !hasUsualChecksum { return unsafe hasOtherRightChecksum(frame) }
            let expected = unsafe frame.loadUnaligned(fromByteOffset: coveredSize, as: UInt32.self)
            return unsafe usualChecksum(of: frame, count: coveredSize) == expected.ordered(byteOrder)
        }
        if isNext {
            count &+= 1
            reader.skip(headerSize)
        }
        return isNext
    }

    @usableFromInline @inline(never)
    func hasOtherRightChecksum(_ frame: UnsafeRawPointer) -> Bool {
        unsafe checksum?.isRight(in: frame, behind: coveredSize) ?? true
    }
}
