/// Puts messages into frames, straight into the output.
public struct FrameEncoder: Sendable {
    /// The format of the frames.
    public let format: FrameFormat

    /// An encoder of frames in `format`.
    public init(_ format: FrameFormat) {
        self.format = format
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
    @usableFromInline @inline(__always)
    func begin(in writer: inout ByteWriter) -> Int {
        let start = writer.count
        writer.advance(by: format.headerSize)
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
        let layout = format.layout
        let size = writer.count &- start &- layout.size
        guard size <= min(format.maximumPayload, limit ?? .max) else {
            throw PayloadError(.payloadTooLarge, field: "payload")
        }
        let (type, length) = (UInt32(code), UInt32(truncatingIfNeeded: size))
        if layout.size == MemoryLayout<UInt64>.size {
            writer.overwrite(at: start, with: layout.header(type, length: length, as: UInt64.self), .little)
        } else {
            let header = layout.header(type, length: length, as: UInt128.self)
            writer.overwrite(at: start, withFirst: layout.size, of: header)
        }
        if format.checksum != nil {
            let checksum = unsafe writer.withUnsafeBytes { bytes in
                let frame = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
                return unsafe FrameFormat.Checksum.crc32(of: frame.baseAddress, count: frame.count)
            }
            writer.append(checksum, format.byteOrder)
        }
    }
}
