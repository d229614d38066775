/// Encodes messages as frames, directly into the output.
public struct FrameEncoder: Sendable {
    // Not the format, because copies of a format copy a reference to its list of fields.
    private let layout: HeaderLayout
    private let sender: Sender
    /// The header of the usual frame: 8 bytes without correlation and extra fields, and a CRC-32 after the payload.
    ///
    /// `nil` for other frames.
    @usableFromInline let usualHeader: HeaderWord<UInt64>?
    /// Whether a codec writes the header.
    @usableFromInline let hasCodec: Bool
    /// The size of the room for the header, in bytes: that of the largest header.
    @usableFromInline let headerSize: Int
    @usableFromInline let lengthExcess: Int
    @usableFromInline let byteOrder: ByteOrder
    /// The largest payload of all messages, in bytes.
    @usableFromInline let maximumPayload: Int

    /// An encoder of frames in `format`.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - sender: The end that sends messages that either end may send; `.both` stands for the client. Only a codec with a magic number
    ///     for each end uses it.
    public init(_ format: FrameFormat, as sender: Sender = .both) {
        layout = format.layout
        self.sender = sender
        hasCodec = layout.codec != nil
        let isUsual = layout.size == MemoryLayout<UInt64>.size && !layout.hasOwnBits && layout.hasUsualChecksum
        usualHeader = isUsual ? layout.short : nil
        byteOrder = format.byteOrder
        lengthExcess = layout.lengthExcess
        headerSize = format.forms.reduce(0) { max($0, $1.headerSize) }
        maximumPayload = format.forms.reduce(0) { max($0, $1.maximumPayload) }
    }

    /// Appends a frame with `message`.
    ///
    /// - Parameters:
    ///   - message: The message, which becomes the payload.
    ///   - header: The extra fields and the correlation; a plain format ignores all other bytes of this value.
    ///   - writer: The writer to append the frame to.
    /// - Throws: A ``PayloadError`` when a value does not fit the layout of the message or the header, or the payload is
    ///   larger than the message or the frame allows. Nothing is appended in that case.
    @inlinable @inline(__always)
    public func encode<M: Message>(
        _ message: M,
        header: HeaderBytes = HeaderBytes(),
        into writer: inout ByteWriter
    ) throws(PayloadError) {
        var header = header
        let start = begin(in: &writer)
        do throws(PayloadError) {
            try message.encode(into: &writer, header: &header)
            try finish(M.code, header, of: M.sender, limit: M.maximumPayload ?? .max, from: start, in: &writer)
        } catch {
            writer.truncate(to: start)
            throw error
        }
    }

    /// Returns a frame with `message`.
    ///
    /// - Throws: What ``encode(_:header:into:)`` throws.
    @inlinable
    public func encode(
        _ message: some Message,
        header: HeaderBytes = HeaderBytes()
    ) throws(PayloadError) -> Bytes {
        var writer = ByteWriter()
        try encode(message, header: header, into: &writer)
        return writer.takeBytes()
    }

    /// Appends room for the largest header; returns its offset.
    @inlinable @inline(__always)
    func begin(in writer: inout ByteWriter) -> Int {
        let start = writer.count
        writer.advance(by: headerSize)
        return start
    }

    /// Writes the header at offset `start`, and appends the checksum.
    @inlinable @inline(__always)
    func finish(
        _ code: MessageCode,
        _ extra: HeaderBytes,
        of messageSender: Sender,
        limit: Int,
        from start: Int,
        in writer: inout ByteWriter
    ) throws(PayloadError) {
        let size = writer.count &- start &- headerSize
        guard size <= min(maximumPayload, limit) else { throw PayloadError(.payloadTooLarge, field: "payload") }
        let (type, length) = (UInt32(code), UInt32(truncatingIfNeeded: size &+ lengthExcess))
        guard let usualHeader else {
            if hasCodec { return try finishWithCodec(code, extra, of: messageSender, from: start, in: &writer) }
            return finishOther(type, length: length, extra, from: start, in: &writer)
        }
        writer.overwrite(at: start, with: usualHeader.header(type, length: length), .little)
        let checksum = unsafe writer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return UInt32(0) }
            return unsafe usualChecksum(of: base + start, count: bytes.count &- start)
        }
        writer.append(checksum, byteOrder)
    }

    /// Does the same for every other plain frame.
    // As in `ByteWriter.grow`, the method releases only the memory of the writer.
    @usableFromInline @inline(never) @_effects(releasenone)
    func finishOther(
        _ type: UInt32,
        length: UInt32,
        _ extra: HeaderBytes,
        from start: Int,
        in writer: inout ByteWriter
    ) {
        let header = layout.long.header(type, length: length) | (PlainHeader(extra) & layout.ownBits).word
        writer.overwrite(at: start, withFirst: layout.size, of: header)
        layout.checksum?.append(of: start, to: &writer)
    }

    /// Does the same for a frame with a codec.
    // As above: a codec gets values only. Otherwise, every message would count a reference to the bytes of its reply.
    @usableFromInline @inline(never) @_effects(releasenone)
    func finishWithCodec(
        _ code: MessageCode,
        _ header: HeaderBytes,
        of messageSender: Sender,
        from start: Int,
        in writer: inout ByteWriter
    ) throws(PayloadError) {
        let sender = messageSender == .both ? self.sender : messageSender
        let head = FrameHead(code: code, payloadSize: 0, header: header)
        guard let stages = layout.stages else {
            try layout.codec?.finish(head, of: sender, from: start, room: headerSize, in: &writer)
            return
        }
        let frames = stages.frames(of: code)
        guard writer.count &- start &- headerSize <= frames.maximumPayload else {
            throw PayloadError(.payloadTooLarge, field: "payload")
        }
        try frames.codec?.finish(head, of: sender, from: start, room: headerSize, in: &writer)
    }
}
