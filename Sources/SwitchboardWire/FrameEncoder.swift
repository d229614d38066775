/// Puts messages into frames, straight into the output.
public struct FrameEncoder: Sendable {
    // Not the format itself, which has to be copied with its list of fields.
    private let layout: HeaderLayout
    @usableFromInline let headerSize: Int
    private let byteOrder: ByteOrder
    private let maximumPayload: Int

    /// An encoder of frames in `format`.
    public init(_ format: FrameFormat) {
        layout = format.layout
        byteOrder = format.byteOrder
        headerSize = format.headerSize
        maximumPayload = format.maximumPayload
    }

    /// Appends a frame with `message`.
    ///
    /// - Parameters:
    ///   - message: What its payload says.
    ///   - header: What the extra fields and the correlation say; all else in it does not count.
    ///   - writer: Where to append it.
    /// - Throws: A ``PayloadError`` when a value does not fit the message's layout, or the whole is larger than the
    ///   message or the frame allows. Nothing has been appended then.
    @inlinable
    public func encode<M: Message>(
        _ message: M,
        header: HeaderBytes = HeaderBytes(),
        into writer: inout ByteWriter
    ) throws(PayloadError) {
        let start = begin(in: &writer)
        do throws(PayloadError) {
            try message.encode(into: &writer)
            try finish(M.code, header, limit: M.maximumPayload ?? .max, from: start, in: &writer)
        } catch {
            writer.truncate(to: start)
            throw error
        }
    }

    /// A frame with `message`, on its own.
    ///
    /// - Throws: As ``encode(_:header:into:)``.
    @inlinable
    public func encode(
        _ message: some Message,
        header: HeaderBytes = HeaderBytes()
    ) throws(PayloadError) -> Bytes {
        var writer = ByteWriter()
        try encode(message, header: header, into: &writer)
        return writer.takeBytes()
    }

    /// Leaves room for a header; returns where it starts.
    @inlinable @inline(__always)
    func begin(in writer: inout ByteWriter) -> Int {
        let start = writer.count
        writer.advance(by: headerSize)
        return start
    }

    /// Writes the header that starts at `start`, and appends the checksum.
    @usableFromInline
    func finish(
        _ code: MessageCode,
        _ extra: HeaderBytes,
        limit: Int,
        from start: Int,
        in writer: inout ByteWriter
    ) throws(PayloadError) {
        let size = writer.count &- start &- layout.size
        guard size <= min(maximumPayload, limit) else {
            throw PayloadError(.payloadTooLarge, field: "payload")
        }
        let (type, length) = (UInt32(code), UInt32(truncatingIfNeeded: size &+ layout.lengthExcess))
        if layout.size == MemoryLayout<UInt64>.size {
            writer.overwrite(at: start, with: layout.header(type, length: length, extra, as: UInt64.self), .little)
        } else {
            let header = layout.header(type, length: length, extra, as: UInt128.self)
            writer.overwrite(at: start, withFirst: layout.size, of: header)
        }
        guard layout.hasUsualChecksum else { return appendOtherChecksum(from: start, to: &writer) }
        let checksum = unsafe writer.withUnsafeBytes { bytes in
            let frame = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
            return unsafe FrameFormat.Checksum.Algorithm.crc32.checksum(of: frame.baseAddress, count: frame.count)
        }
        writer.append(checksum, byteOrder)
    }

    /// Appends every other checksum, or none.
    @inline(never)
    private func appendOtherChecksum(from start: Int, to writer: inout ByteWriter) {
        layout.checksum?.append(of: start, to: &writer)
    }
}
