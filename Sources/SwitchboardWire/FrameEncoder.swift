/// Puts messages into frames, straight into the output.
public struct FrameEncoder: Sendable {
    // Not the format itself, which has to be copied with its list of fields.
    private let layout: HeaderLayout
    @usableFromInline let headerSize: Int
    private let byteOrder: ByteOrder
    private let hasChecksum: Bool
    private let maximumPayload: Int

    /// An encoder of frames in `format`.
    public init(_ format: FrameFormat) {
        layout = format.layout
        headerSize = format.headerSize
        byteOrder = format.byteOrder
        hasChecksum = format.checksum != nil
        maximumPayload = format.maximumPayload
    }

    /// Appends a frame with `message`.
    ///
    /// - Throws: A ``PayloadError`` when a value does not fit the message's layout, or the whole is larger than the
    ///   message or the frame allows. Nothing has been appended then.
    @inlinable
    public func encode<M: Message>(_ message: M, into writer: inout ByteWriter) throws(PayloadError) {
        let start = begin(in: &writer)
        do throws(PayloadError) {
            try message.encode(into: &writer)
            try finish(M.code, limit: M.maximumPayload, from: start, in: &writer)
        } catch {
            writer.truncate(to: start)
            throw error
        }
    }

    /// A frame with `message`, on its own.
    ///
    /// - Throws: As ``encode(_:into:)``.
    @inlinable
    public func encode(_ message: some Message) throws(PayloadError) -> Bytes {
        var writer = ByteWriter()
        try encode(message, into: &writer)
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
        limit: Int?,
        from start: Int,
        in writer: inout ByteWriter
    ) throws(PayloadError) {
        let size = writer.count &- start &- layout.size
        guard size <= min(maximumPayload, limit ?? .max) else {
            throw PayloadError(.payloadTooLarge, field: "payload")
        }
        let (type, length) = (UInt32(code), UInt32(truncatingIfNeeded: size))
        if layout.size == MemoryLayout<UInt64>.size {
            writer.overwrite(at: start, with: layout.header(type, length: length, as: UInt64.self), .little)
        } else {
            let header = layout.header(type, length: length, as: UInt128.self)
            writer.overwrite(at: start, withFirst: layout.size, of: header)
        }
        if hasChecksum {
            let checksum = unsafe writer.withUnsafeBytes { bytes in
                let frame = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
                return unsafe FrameFormat.Checksum.crc32(of: frame.baseAddress, count: frame.count)
            }
            writer.append(checksum, byteOrder)
        }
    }
}
