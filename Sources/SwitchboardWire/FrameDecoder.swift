public import Synchronization

/// Finds frames in a stream of bytes, without copying them.
///
/// A decoder has no state. The caller keeps the bytes of an incomplete frame, and calls the decoder again when more
/// bytes have arrived.
public struct FrameDecoder: Sendable {
    let layout: HeaderLayout
    let maximumPayload: Int
    private let sender: Sender
    let trailerSize: Int

    /// A decoder of frames in `format`.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - sender: The end that sends the frames; `.both` if it may be either end. Only a codec with a magic number for each end uses
    ///     it.
    public init(_ format: FrameFormat, from sender: Sender = .both) {
        layout = format.layout
        maximumPayload = format.maximumPayload
        self.sender = sender
        trailerSize = format.trailerSize
    }

    /// A frame with a correct header and a correct trailer.
    public struct Frame: Sendable, Hashable {
        /// The code of the message; the protocol may have no message with this code.
        public let code: MessageCode
        /// The size of its payload, in bytes.
        public let payloadSize: Int
        /// The size of its header, in bytes.
        public let headerSize: Int
        /// The size of its trailer, in bytes.
        public let trailerSize: Int
        /// The extra fields and the correlation in its header.
        public let header: HeaderBytes
    }

    /// The result of a search for a frame at the reader's position.
    public enum Outcome: Sendable, Hashable {
        /// A whole frame. The reader has not moved: read the payload with ``payload(of:in:_:)``.
        case frame(Frame)
        /// The beginning of a frame that has at least `size` bytes in all. The reader has not moved.
        case incomplete(size: Int)
        /// A frame with a wrong checksum. The reader has moved past it: the next frame may be correct.
        case skipped(Fault)
        /// A fault after which the start of the next frame is unknown: close the stream.
        ///
        /// A length that is smaller than the other bytes that it counts, a header that a codec cannot read and a frame that does not
        /// end with the bytes of ``FrameFormat/TrailerItem/end(_:)`` are a `Fault.malformedPayload`.
        case broken(Fault)
    }

    /// Searches for a frame at the reader's position, and returns the fields of its header.
    ///
    /// In a format with a ``FrameFormat/framing``, the reader has the bytes of one frame, which ``content(in:)`` finds in the stream.
    ///
    /// - Parameters:
    ///   - reader: The bytes.
    ///   - header: Receives the extra fields and the correlation of a whole frame. It stays unchanged if the format has
    ///     neither.
    public func next(in reader: inout ByteReader, header: inout HeaderBytes) -> Outcome {
        let outcome = next(in: &reader)
        if layout.hasOwnBits, case .frame(let frame) = outcome { header = frame.header }
        return outcome
    }

    /// Searches for a frame at the reader's position.
    ///
    /// In a format with a ``FrameFormat/framing``, the reader has the bytes of one frame, which ``content(in:)`` finds in the stream.
    public func next(in reader: inout ByteReader) -> Outcome {
        let available = reader.remaining
        guard available >= layout.size else { return nextOfOther(in: &reader) }
        guard let (type, length) = numbers(reader) else { return brokenHeader(reader) }
        let payloadSize = Int(truncatingIfNeeded: length) &- layout.lengthExcess
        // As an unsigned number, a negative size is larger than every allowed size.
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
        return .frame(
            Frame(
                code: MessageCode(truncatingIfNeeded: type),
                payloadSize: payloadSize,
                headerSize: layout.size,
                trailerSize: trailerSize,
                header: layout.hasOwnBits
                    ? HeaderBytes(FrameBatch.start(of: reader) & layout.ownBits) : HeaderBytes()
            )
        )
    }

    /// Searches for a frame with a codec, or returns the outcome for an incomplete header of a plain frame.
    @inline(never)
    private func nextOfOther(in reader: inout ByteReader) -> Outcome {
        guard let codec = layout.codec else { return incompleteHeader(reader) }
        return codec.next(in: &reader, from: sender, maximumPayload: maximumPayload)
    }

    /// The size of a whole frame, in bytes.
    package func size(of frame: Frame) -> Int {
        frame.headerSize &+ frame.payloadSize &+ frame.trailerSize
    }

    /// The batch that begins with `frame`, at which `reader` stands.
    ///
    /// - Parameters:
    ///   - frame: The frame that ``next(in:)`` found.
    ///   - reader: The bytes.
    ///   - limit: The highest number of frames in the batch, 1 or more.
    ///   - interruption: Can end the batch. The caller must keep it and this decoder alive as long as the batch is in use.
    package func batch(
        from frame: Frame,
        in reader: borrowing ByteReader,
        limit: Int,
        _ interruption: BatchInterruption
    ) -> FrameBatch {
        FrameBatch(frame, at: reader, layout, from: sender, limit: limit, interruption)
    }

    /// Returns the type and the length of the header at the reader's position; `nil` if its fixed bits are wrong.
    @inline(__always)
    private func numbers(_ reader: borrowing ByteReader) -> (type: UInt32, length: UInt32)? {
        unsafe reader.withUnsafeRemaining { bytes in
            // The load never leaves the memory: after every block there are as many bytes as the long word has.
            guard let header = bytes.baseAddress else { return nil }
            if let short = layout.short { return unsafe short.numbers(at: header) }
            return unsafe numbersOfLong(header)
        }
    }

    @inline(never)
    private func numbersOfLong(_ header: UnsafeRawPointer) -> (type: UInt32, length: UInt32)? {
        unsafe layout.long.numbers(at: header)
    }

    /// Returns whether the checksum after the first `size` bytes, which are header and payload, is correct.
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

    /// Does the same for every other checksum; returns `true` if the format has no checksum.
    @inline(never)
    private func hasOtherRightChecksum(_ frame: UnsafeRawPointer, behind size: Int) -> Bool {
        unsafe layout.checksum?.isRight(in: frame, behind: size) ?? true
    }

    /// Calls `body` with a reader of the payload of `frame`, which starts at the position of `reader`.
    ///
    /// Afterwards, `reader` is at the end of the frame, even if `body` did not read the whole payload.
    @inlinable @inline(__always)
    public func payload<Result, Failure>(
        of frame: Frame,
        in reader: inout ByteReader,
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        reader.skip(frame.headerSize)
        defer { reader.skip(frame.trailerSize) }
        return try reader.readWindow(frame.payloadSize, body)
    }

    /// Returns the outcome for an incomplete header.
    ///
    /// The first wrong byte is a fault, even if the header is incomplete. Otherwise, a peer that speaks another
    /// protocol would wait for a reply.
    private func incompleteHeader(_ reader: ByteReader) -> Outcome {
        let start = unsafe reader.withUnsafeRemaining { unsafe HeaderLayout.word(of: $0) }
        let mask = layout.fixedBits & ((1 << UInt128(8 * reader.remaining)) - 1)
        guard start & mask == layout.template & mask else { return .broken(fault(ofHeader: start, mask: mask)) }
        // While fixed bytes are missing, wait for one byte only, so that a wrong byte is found at once.
        let hasAllThatIsFixed = layout.fixedBits & ~mask == 0
        return .incomplete(size: hasAllThatIsFixed ? layout.size : reader.remaining &+ 1)
    }

    @inline(never)
    private func brokenHeader(_ reader: ByteReader) -> Outcome {
        .broken(fault(ofHeader: unsafe reader.withUnsafeRemaining { unsafe HeaderLayout.word(of: $0) }, mask: .max))
    }

    /// Returns the fault of a header that differs from the template in the bits of `mask`.
    ///
    /// The first wrong byte decides, so that the fault does not depend on how much of the header has arrived.
    private func fault(ofHeader start: UInt128, mask: UInt128) -> Fault {
        let wrongBits = (start ^ layout.template) & layout.fixedBits & mask
        let firstWrongBit = wrongBits & (~wrongBits &+ 1)
        return firstWrongBit & layout.magicBits == 0 ? .unsupportedVersion : .invalidMagic
    }
}

// MARK: - Batches

/// Consecutive frames of one message type and payload size, which a route handles in one call.
///
/// ``FrameDecoder`` finds the first frame. Each further frame of the batch has the same header, except for the
/// correlation and the extra fields. To find it takes a fraction of the work.
///
/// A further frame with a codec is decoded as a whole: the work that a batch saves is that of the server.
@safe @usableFromInline
package struct FrameBatch: Sendable {
    // The properties are small, and in this order, to save memory: tasks of `async` handlers copy the batch.

    /// The correlation and the extra fields in the header of the last frame found.
    @usableFromInline package var header: HeaderBytes

    /// The number of frames found so far, 1 or more.
    @usableFromInline package var count = 1

    /// The number of messages whose handler has finished, and whose reply, if any, is written.
    @usableFromInline package var handled = 0

    /// The number of bytes of these replies.
    @usableFromInline package var replyBytes = 0

    /// The highest number of frames in the batch.
    @usableFromInline let limit: Int

    @usableFromInline let interruption: Unmanaged<BatchInterruption>
    @usableFromInline let interruptionsBefore: UInt32

    /// The code of the message of every frame.
    package let code: MessageCode

    /// Whether headers have a correlation or extra fields.
    @usableFromInline package let hasOwnBits: Bool

    @usableFromInline let byteOrder: ByteOrder

    // The distance from the start of a frame to its payload and to its checksum, in bytes.
    @usableFromInline let headerSize: Int
    @usableFromInline let coveredSize: Int
    /// The size of every frame, in bytes.
    @usableFromInline package let size: Int

    /// The part of the header that all frames have in common.
    @usableFromInline let sharedHeader: PlainHeader
    /// The bits of a header that all frames have in common, and the bits of the correlation and the extra fields.
    @usableFromInline let sharedBits: PlainHeader
    @usableFromInline let ownBits: PlainHeader

    @usableFromInline let hasUsualChecksum: Bool
    @usableFromInline let hasCodec: Bool
    /// The end that sends the frames.
    private let sender: Sender
    /// The layout of less usual frames.
    ///
    /// The decoder keeps it alive.
    private let layout: Unmanaged<HeaderLayout>

    /// The batch that begins with `frame`, at which `reader` stands.
    init(
        _ frame: FrameDecoder.Frame,
        at reader: borrowing ByteReader,
        _ layout: HeaderLayout,
        from sender: Sender,
        limit: Int,
        _ interruption: BatchInterruption
    ) {
        code = frame.code
        // To find the end of a frame without a length is to decode it.
        // A format with a framing has the bytes of one frame only.
        self.limit = layout.codec?.type.hasLength == false || layout.codec?.framing != nil ? 1 : limit
        unsafe self.interruption = .passUnretained(interruption)
        interruptionsBefore = interruption.count.load(ordering: .acquiring)
        headerSize = frame.headerSize
        coveredSize = frame.headerSize &+ frame.payloadSize
        size = coveredSize &+ frame.trailerSize
        sharedBits = layout.sharedBits
        ownBits = layout.ownBits
        hasOwnBits = layout.hasOwnBits
        sharedHeader = Self.start(of: reader) & sharedBits
        header = frame.header
        byteOrder = layout.order
        hasUsualChecksum = layout.hasUsualChecksum
        hasCodec = layout.codec != nil
        self.sender = sender
        unsafe self.layout = .passUnretained(layout)
    }

    /// The size of the payload of every frame, in bytes.
    package var payloadSize: Int { coveredSize &- headerSize }

    /// Calls `body` with a reader of the payload of the frame at the position of `reader`; moves `reader` past the
    /// frame.
    @inlinable @inline(__always)
    package func payload<Result, Failure>(
        in reader: inout ByteReader,
        _ body: (inout ByteReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try reader.readWindow(from: headerSize, to: coveredSize, of: size, body)
    }

    /// Moves `reader` from the end of a frame of the batch back to the start of the frame.
    @inlinable @inline(__always)
    package func rewind(_ reader: inout ByteReader) {
        reader.rewind(to: reader.mark &- size)
    }

    /// Returns whether the batch continues with the frame at the position of `reader`: a whole frame with the same
    /// header and a correct checksum.
    ///
    /// If not, use ``FrameDecoder`` to find out what is there. The batch also ends at its limit and at an interruption.
    /// `reader` does not move. It is `inout` because the compiler would count a reference to a copy.
    @inlinable @inline(__always)
    package mutating func next(in reader: inout ByteReader) -> Bool {
        guard count < limit, reader.remaining >= size, !isInterrupted else { return false }
        if hasCodec { return nextWithCodec(&reader) }
        let start = Self.start(of: reader)
        guard start & sharedBits == sharedHeader else { return false }
        let isRight = unsafe reader.withUnsafeRemaining { bytes in
            guard let frame = bytes.baseAddress else { return false }
            if !hasUsualChecksum { return unsafe hasOtherRightChecksum(frame) }
            let expected = unsafe frame.loadUnaligned(fromByteOffset: coveredSize, as: UInt32.self)
            return unsafe usualChecksum(of: frame, count: coveredSize) == expected.ordered(byteOrder)
        }
        guard isRight else { return false }
        if hasOwnBits { header = HeaderBytes(start & ownBits) }
        count &+= 1
        return true
    }

    @inlinable
    var isInterrupted: Bool {
        @inline(__always) get {
            unsafe interruption._withUnsafeGuaranteedRef { $0.count.load(ordering: .relaxed) } != interruptionsBefore
        }
    }

    /// Whether other threads have sent output that comes before the next reply.
    @inlinable
    package var hasEarlierOutput: Bool {
        @inline(__always) get { unsafe interruption._withUnsafeGuaranteedRef { $0.hasEarlierOutput } }
    }

    /// Returns the next 16 bytes.
    ///
    /// Every block has at least 16 additional bytes at its end, so the load never leaves the memory.
    @inlinable @inline(__always)
    static func start(of reader: borrowing ByteReader) -> PlainHeader {
        unsafe reader.withUnsafeRemaining { bytes in
            guard let start = bytes.baseAddress else { return PlainHeader(low: 0, high: 0) }
            return unsafe PlainHeader(
                low: UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)),
                high: UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    @usableFromInline @inline(never)
    func hasOtherRightChecksum(_ frame: UnsafeRawPointer) -> Bool {
        unsafe layout._withUnsafeGuaranteedRef { layout in
            unsafe layout.checksum?.isRight(in: frame, behind: coveredSize) ?? true
        }
    }

    /// Does the same as ``next(in:)`` for a frame with a codec, which must have the same code and the same sizes.
    // As in `FrameEncoder`: a codec gets values only.
    @usableFromInline @inline(never) @_effects(releasenone)
    mutating func nextWithCodec(_ reader: inout ByteReader) -> Bool {
        let start = reader.mark
        let outcome = unsafe layout._withUnsafeGuaranteedRef { layout in
            layout.codec?.next(in: &reader, from: sender, maximumPayload: payloadSize)
        }
        reader.rewind(to: start)
        guard
            case .frame(let frame)? = outcome, frame.code == code, frame.payloadSize == payloadSize,
            frame.headerSize == headerSize, coveredSize &+ frame.trailerSize == size
        else { return false }
        header = frame.header
        count &+= 1
        return true
    }
}

/// Ends the batch that an event loop is handling, after the current message, and tells routes about output of other threads.
///
/// Each event loop has one. It counts interruptions, because a flag would have to be reset, and a reset can overwrite
/// an interruption by another thread.
@usableFromInline
package final class BatchInterruption: Sendable {
    @usableFromInline let count = Atomic<UInt32>(0)

    package init() {}

    /// Ends the batch.
    ///
    /// Any thread may call this method. A batch that begins later sees everything that the thread wrote before.
    package func interrupt() {
        count.wrappingAdd(1, ordering: .releasing)
    }

    // MARK: Output of other threads

    @usableFromInline let otherOutput = Atomic(false)

    /// Whether other threads have sent output, which the event loop must send before it writes anything else.
    ///
    /// The event loop sees what other threads have set before, in the order of the program.
    @inlinable
    package var hasEarlierOutput: Bool {
        @inline(__always) get { otherOutput.load(ordering: .relaxed) }
        set { otherOutput.store(newValue, ordering: .relaxed) }
    }
}
