public import Synchronization

/// Consecutive frames of one message type and payload size, which a route handles in one call.
///
/// ``FrameDecoder`` finds the first frame. Each further frame of the batch has the same header, except for the correlation
/// and the protocol's own fields: finding it takes a fraction of the work.
@safe @usableFromInline
package struct FrameBatch: Sendable {
    /// The message type and the payload size of every frame.
    @usableFromInline package let frame: FrameDecoder.Frame

    /// The correlation and the protocol's own fields in the header of the frame that was found last.
    @usableFromInline package var header = HeaderBytes()

    /// The number of frames found so far, 1 or more.
    @usableFromInline package var count = 1

    /// The number of messages whose handler has finished and whose reply is written.
    @usableFromInline package var handled = 0

    /// The number of bytes in these replies.
    @usableFromInline package var replyBytes = 0

    /// The highest number of frames to find.
    @usableFromInline let limit: Int

    @usableFromInline let interruption: Unmanaged<BatchInterruption>
    @usableFromInline let interruptionsBefore: UInt32

    // In bytes: from the start of a frame to its payload, to its checksum, and to its end.
    @usableFromInline let headerSize: Int
    @usableFromInline let coveredSize: Int
    @usableFromInline let size: Int

    /// The part of the header that all frames have in common.
    @usableFromInline let sharedHeader: HeaderBytes
    /// The bits of a header that are in ``sharedHeader``, and those that are not.
    @usableFromInline let sharedBits: HeaderBytes
    @usableFromInline let ownBits: HeaderBytes

    /// Whether frames have a correlation or fields of their own in the header.
    @usableFromInline package let hasOwnBits: Bool

    @usableFromInline let byteOrder: ByteOrder
    @usableFromInline let hasUsualChecksum: Bool
    private let checksum: ChecksumPlace?

    /// The batch that begins with `frame`, at which `reader` stands.
    init(
        _ frame: FrameDecoder.Frame,
        at reader: borrowing ByteReader,
        _ layout: borrowing HeaderLayout,
        limit: Int,
        _ interruption: BatchInterruption
    ) {
        self.frame = frame
        self.limit = limit
        unsafe self.interruption = .passUnretained(interruption)
        interruptionsBefore = interruption.count.load(ordering: .acquiring)
        headerSize = layout.size
        coveredSize = layout.size &+ frame.payloadSize
        size = coveredSize &+ layout.trailerSize
        sharedBits = layout.sharedBits
        ownBits = layout.ownBits
        hasOwnBits = layout.hasOwnBits
        let start = Self.start(of: reader)
        sharedHeader = start & sharedBits
        if hasOwnBits { header = start & ownBits }
        byteOrder = layout.order
        hasUsualChecksum = layout.hasUsualChecksum
        checksum = layout.checksum
    }

    /// Calls `body` with a reader of the payload of the frame that `reader` stands at, and moves `reader` past the frame.
    @inlinable @inline(__always)
    package func payload<Result, Failure>(
        in reader: inout ByteReader,
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try reader.readWindow(from: headerSize, to: coveredSize, of: size, body)
    }

    /// Moves `reader` from the end of a frame of the batch back to its start.
    @inlinable @inline(__always)
    package func rewind(_ reader: inout ByteReader) {
        reader.rewind(to: reader.mark &- size)
    }

    /// Whether the batch goes on with the frame that `reader` stands at: a whole one with the same header and a right
    /// checksum.
    ///
    /// If not, ``FrameDecoder`` tells what is there. The batch also ends at its limit and at an interruption. `reader` does not
    /// move: it is `inout` because the compiler would count a reference to a copy.
    @inlinable @inline(__always)
    package mutating func next(in reader: inout ByteReader) -> Bool {
        guard count < limit, reader.remaining >= size, !isInterrupted else { return false }
        let start = Self.start(of: reader)
        guard start & sharedBits == sharedHeader else { return false }
        let isRight = unsafe reader.withUnsafeRemaining { bytes in
            guard let frame = bytes.baseAddress else { return false }
            if !hasUsualChecksum { return unsafe hasOtherRightChecksum(frame) }
            let expected = unsafe frame.loadUnaligned(fromByteOffset: coveredSize, as: UInt32.self)
            return unsafe usualChecksum(of: frame, count: coveredSize) == expected.ordered(byteOrder)
        }
        guard isRight else { return false }
        if hasOwnBits { header = start & ownBits }
        count &+= 1
        return true
    }

    @inlinable
    var isInterrupted: Bool {
        @inline(__always) get {
            unsafe interruption._withUnsafeGuaranteedRef { $0.count.load(ordering: .relaxed) } != interruptionsBefore
        }
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

/// Ends the batch that an event loop is handling, after the message that is being handled.
///
/// Each event loop has one. It counts interruptions, because a flag would have to be reset, and a reset can overwrite an
/// interruption by another thread.
@usableFromInline
package final class BatchInterruption: Sendable {
    @usableFromInline let count = Atomic<UInt32>(0)

    package init() {}

    /// Ends the batch.
    ///
    /// Any thread may call this method. A batch that begins later sees all that the thread has written before.
    package func interrupt() {
        count.wrappingAdd(1, ordering: .releasing)
    }
}
