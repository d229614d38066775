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

    /// Appends a header whose type and length are not known yet; returns where it starts.
    @usableFromInline
    func begin(in writer: inout ByteWriter) -> Int {
        let start = writer.count
        writer.append(format.template)
        return start
    }

    /// Says type and length in the header that starts at `start`, and appends the checksum.
    @usableFromInline
    func finish(
        _ code: MessageCode,
        limit: Int?,
        from start: Int,
        in writer: inout ByteWriter
    ) throws(PayloadError) {
        let size = writer.count &- start &- format.headerSize
        guard size <= min(format.maximumPayload, limit ?? .max) else {
            throw PayloadError(.payloadTooLarge, field: "payload")
        }
        let (type, length, order) = (format.type, format.length, format.byteOrder)
        writer.overwrite(at: start &+ type.offset, with: UInt32(code), type.width, order)
        writer.overwrite(at: start &+ length.offset, with: UInt32(truncatingIfNeeded: size), length.width, order)
        if format.checksum != nil {
            let checksum = unsafe writer.withUnsafeBytes { bytes in
                unsafe FrameFormat.Checksum.crc32(of: UnsafeRawBufferPointer(rebasing: bytes[start...]))
            }
            writer.append(checksum, order)
        }
    }
}
