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

    /// The header, and which of the sixteen bytes are its own; the first byte is the lowest.
    @usableFromInline let header: HeaderBytes
    @usableFromInline let headerBits: HeaderBytes
    @usableFromInline let byteOrder: ByteOrder
    @usableFromInline let hasUsualChecksum: Bool
    private let checksum: ChecksumPlace?

    /// The run that begins with `frame`, at which `reader` stands.
    init(_ frame: FrameDecoder.Frame, at reader: borrowing ByteReader, _ layout: borrowing HeaderLayout, limit: Int) {
        self.frame = frame
        headerSize = layout.size
        coveredSize = layout.size &+ frame.payloadSize
        size = coveredSize &+ layout.trailerSize
        headerBits = HeaderBytes(UInt128.max >> UInt128(8 * (HeaderLayout.maximumSize - layout.size)))
        header = Self.start(of: reader) & headerBits
        byteOrder = layout.order
        hasUsualChecksum = layout.hasUsualChecksum
        checksum = layout.checksum
        // Headers with fields of their own differ.
        self.limit = layout.hasExtraBits ? 1 : limit
    }

    /// Calls `body` with a reader of the payload of the frame that `reader` stands at, and moves `reader` past the frame.
    @inlinable @inline(__always)
    package func payload<Result, Failure>(
        in reader: inout ByteReader,
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try reader.readWindow(from: headerSize, to: coveredSize, of: size, body)
    }

    /// Moves from behind a frame of the run back to it.
    @inlinable @inline(__always)
    package func rewind(_ reader: inout ByteReader) {
        reader.rewind(to: reader.mark &- size)
    }

    /// Whether `reader` stands at another frame of the run, one that is whole and right.
    ///
    /// Otherwise ``FrameDecoder`` says what is there.
    @inlinable @inline(__always)
    package mutating func next(in reader: ByteReader) -> Bool {
        guard count < limit, reader.remaining >= size else { return false }
        guard Self.start(of: reader) & headerBits == header else { return false }
        let isRight = unsafe reader.withUnsafeRemaining { bytes in
            guard let frame = bytes.baseAddress else { return false }
            if !hasUsualChecksum { return unsafe hasOtherRightChecksum(frame) }
            let expected = unsafe frame.loadUnaligned(fromByteOffset: coveredSize, as: UInt32.self)
            return unsafe usualChecksum(of: frame, count: coveredSize) == expected.ordered(byteOrder)
        }
        if isRight { count &+= 1 }
        return isRight
    }

    /// The sixteen bytes ahead: behind every block there are as many.
    @inlinable @inline(__always)
    static func start(of reader: borrowing ByteReader) -> HeaderBytes {
        unsafe reader.withUnsafeRemaining { bytes in
            guard let start = bytes.baseAddress else { return HeaderBytes() }
            return unsafe HeaderBytes(
                low: UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)),
                high: UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    @usableFromInline @inline(never)
    func hasOtherRightChecksum(_ frame: UnsafeRawPointer) -> Bool {
        unsafe checksum?.isRight(in: frame, behind: coveredSize) ?? true
    }
}
