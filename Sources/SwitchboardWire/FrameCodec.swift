/// What a ``FrameCodec`` reads from a header, or writes a header from.
public struct FrameHead: Sendable, Hashable {
    /// The code of the message; `MessageCode.unknown` if no message has the code in the header, and `MessageCode.ofReply` if the
    /// request says what the message is.
    public var code: MessageCode

    /// The size of the payload, in bytes.
    ///
    /// A codec may return any number from ``FrameCodec/readHead(from:of:)``, even a negative one: the decoder checks it.
    public var payloadSize: Int

    /// The extra fields, the correlation and numbers that the payload needs or is the source of.
    public var header: HeaderBytes

    /// The number of bytes of the fields that the trailer has.
    public var trailerSize: Int

    /// The content of a header.
    public init(code: MessageCode, payloadSize: Int, header: HeaderBytes, trailerSize: Int = 0) {
        self.code = code
        self.payloadSize = payloadSize
        self.header = header
        self.trailerSize = trailerSize
    }
}

/// Reads and writes the headers of a ``FrameFormat`` that are more than whole numbers at fixed places.
///
/// The build generates a type with this protocol from the `frame` section of a spec.
///
/// ``readHead(from:of:)`` reads the fields in the order in which they are sent, and throws at the first wrong byte. It is called again
/// with more bytes after it has thrown `PayloadErrorCode.truncated`.
public protocol FrameCodec: Sendable {
    /// The size of the largest header, in bytes, 1 to 256, or 0 in a format with a framing.
    static var maximumHeaderSize: Int { get }

    /// Reads a header from the start of a frame.
    ///
    /// - Parameters:
    ///   - reader: The bytes of the frame, ``maximumHeaderSize`` at most. The codec moves it to the end of the header.
    ///   - sender: The end that sends the frame; `.both` if it may be either end. Only a magic number depends on it.
    /// - Returns: The content of the header.
    /// - Throws: A ``PayloadError``. `PayloadErrorCode.truncated` means that the bytes end before the header does.
    ///   `PayloadErrorCode.unexpectedValue` of a field `magic` is a `Fault.invalidMagic`, of a field `version` a
    ///   `Fault.unsupportedVersion`. Every other error is a `Fault.malformedPayload`. All of these faults end the stream.
    static func readHead(from reader: inout ByteReader, of sender: Sender) throws(PayloadError) -> FrameHead

    /// Appends a header to `writer`.
    ///
    /// - Parameters:
    ///   - head: The content of the header. The size of the payload is its real size.
    ///   - sender: The end that sends the frame; `.both` stands for the client.
    ///   - writer: The writer to append the header to.
    /// - Throws: A ``PayloadError`` when the header cannot express a value. The frame is not sent then.
    static func writeHead(_ head: FrameHead, of sender: Sender, into writer: inout ByteWriter) throws(PayloadError)

    /// Whether headers say the size of the payload: true, unless a codec says otherwise.
    static var hasLength: Bool { get }

    /// Moves `reader` from the start of the payload to its end, in a protocol whose headers do not say its size.
    ///
    /// A format with a framing does not call it: its payloads end with their frames.
    ///
    /// - Parameters:
    ///   - head: The content of the header. The size of the payload is unknown.
    ///   - sender: The end that sends the frame; `.both` stands for the client.
    ///   - reader: The bytes after the header, ``FrameFormat/maximumPayload`` at most.
    /// - Throws: A ``PayloadError``. `PayloadErrorCode.truncated` means that the bytes end before the payload does. Every other error ends
    ///   the stream, because the start of the next frame is unknown.
    static func skipPayload(of head: FrameHead, from sender: Sender, in reader: inout ByteReader) throws(PayloadError)

    /// Returns what a message adds to the bytes that the checksums of its frame cover: nothing, unless a codec says otherwise.
    ///
    /// - Parameters:
    ///   - code: The code of the message, which may be unknown.
    ///   - sender: The end that sends the frame; `.both` stands for the client.
    static func checksumSeed(of code: MessageCode, from sender: Sender) -> ChecksumSeed

    /// Reads fields of the trailer.
    ///
    /// - Parameters:
    ///   - item: The number of the item with the fields: see ``FrameFormat/TrailerItem/fields(_:size:)``.
    ///   - head: The content of the header, which says which fields there are, and receives their values.
    ///   - reader: The bytes from the fields to the end of the trailer. The codec moves it to the end of the fields.
    /// - Throws: A ``PayloadError``, which ends the stream.
    static func readTrailer(
        _ item: Int,
        of head: inout FrameHead,
        from reader: inout ByteReader
    ) throws(PayloadError)

    /// Appends fields of the trailer to `writer`.
    ///
    /// - Parameters:
    ///   - item: The number of the item with the fields.
    ///   - head: The content of the header, with the values of the fields.
    ///   - writer: The writer to append the fields to.
    /// - Throws: A ``PayloadError`` when a field cannot express its value. The frame is not sent then.
    static func writeTrailer(_ item: Int, of head: FrameHead, into writer: inout ByteWriter) throws(PayloadError)
}

extension FrameCodec {
    /// True: headers say the size of the payload.
    public static var hasLength: Bool { true }

    /// Does nothing, because headers or the framing say the size of the payload.
    public static func skipPayload(
        of head: FrameHead,
        from sender: Sender,
        in reader: inout ByteReader
    ) throws(PayloadError) {}

    /// Nothing: the checksums of a frame cover only bytes of the frame.
    public static func checksumSeed(of code: MessageCode, from sender: Sender) -> ChecksumSeed { .none }

    /// Reads nothing: trailers have no fields.
    public static func readTrailer(
        _ item: Int,
        of head: inout FrameHead,
        from reader: inout ByteReader
    ) throws(PayloadError) {}

    /// Writes nothing: trailers have no fields.
    public static func writeTrailer(
        _ item: Int,
        of head: FrameHead,
        into writer: inout ByteWriter
    ) throws(PayloadError) {}
}

extension MessageCode {
    /// The code in a ``FrameHead`` when no message has the code in the header: 0xFFFF.
    public static var unknown: MessageCode { .max }

    /// The code in a ``FrameHead`` when the header has no code, and the message is the reply to a request, which says its type: 0xFFFE.
    public static var ofReply: MessageCode { .max - 1 }
}

// MARK: - Frames

/// The headers, the checksums and the trailer of a format with a codec.
///
/// It is an object, so that nothing copies its lists.
final class CodecFrames: Sendable {
    let type: any FrameCodec.Type
    /// The byte order of the protocol.
    let byteOrder: ByteOrder
    let trailer: [FrameFormat.TrailerItem]
    /// The number of bytes at the start of a frame that a checksum of `.afterMagic` does not cover.
    let magicSize: Int

    let headerChecksum: FrameFormat.HeaderChecksum?

    /// The delimiters and escapes around frames, if there are any.
    let framing: Framing?

    /// The checksum in the header, and the checksums of the trailer, which has `nil` for other items.
    private let checksumOfHeader: CodecChecksum?
    private let checksums: [CodecChecksum?]

    /// The number of bytes of the trailer without its fields, and with all of them.
    private let trailerSizes: ClosedRange<Int>

    init(
        type: any FrameCodec.Type,
        byteOrder: ByteOrder,
        headerChecksum: FrameFormat.HeaderChecksum?,
        trailer: [FrameFormat.TrailerItem],
        magicSize: Int,
        framing: Framing?
    ) {
        self.type = type
        self.byteOrder = byteOrder
        self.headerChecksum = headerChecksum
        self.trailer = trailer
        self.magicSize = magicSize
        self.framing = framing
        checksumOfHeader = headerChecksum.map {
            CodecChecksum($0.checksum, byteOrder, magicSize: magicSize, at: $0.offset)
        }
        checksums = trailer.map { item in
            guard case .checksum(let checksum) = item else { return nil }
            return CodecChecksum(checksum, byteOrder, magicSize: magicSize)
        }
        let smallest = trailer.filter(\.hasFixedSize).reduce(0) { $0 + $1.size }
        trailerSizes = smallest...max(smallest, trailer.reduce(0) { $0 + $1.size })
    }

    /// Searches for a frame at the reader's position, as ``FrameDecoder/next(in:)`` does.
    func next(
        in reader: inout ByteReader,
        from sender: Sender,
        maximumPayload: Int
    ) -> FrameDecoder.Outcome {
        let outcome = nextOfStream(in: &reader, from: sender, maximumPayload: maximumPayload)
        guard framing != nil else { return outcome }
        switch outcome {
        case .frame, .skipped, .broken(.payloadTooLarge): return outcome
        // The next frame begins after the delimiter, whatever this one contains.
        case .broken(let fault):
            reader.skip(reader.remaining)
            return .skipped(fault)
        case .incomplete:
            reader.skip(reader.remaining)
            return .skipped(.malformedPayload)
        }
    }

    private func nextOfStream(
        in reader: inout ByteReader,
        from sender: Sender,
        maximumPayload: Int
    ) -> FrameDecoder.Outcome {
        let available = reader.remaining
        var head: FrameHead
        let headerSize: Int
        // The same reader goes back afterwards, because a copy would count a reference.
        let start = reader.mark
        do throws(PayloadError) {
            defer { reader.rewind(to: start) }
            (head, headerSize) = try reader.readWindow(type.maximumHeaderSize) { header throws(PayloadError) in
                let size = header.remaining
                let head = try type.readHead(from: &header, of: sender)
                return (head, size &- header.remaining)
            }
        } catch {
            return outcome(of: error, available)
        }
        let trailerSize = trailerSizes.lowerBound &+ head.trailerSize
        guard trailerSizes.contains(trailerSize) else { return .broken(.malformedPayload) }
        if framing != nil {
            let size = available &- headerSize &- trailerSize
            guard size == head.payloadSize || !type.hasLength else { return .broken(.malformedPayload) }
            head.payloadSize = size
        } else if !type.hasLength {
            do throws(PayloadError) {
                defer { reader.rewind(to: start) }
                reader.skip(headerSize)
                head.payloadSize = try reader.readWindow(maximumPayload) { payload throws(PayloadError) in
                    let size = payload.remaining
                    try type.skipPayload(of: head, from: sender, in: &payload)
                    return size &- payload.remaining
                }
            } catch {
                guard error.code == .truncated else { return .broken(.malformedPayload) }
                let isWhole = available &- headerSize >= maximumPayload
                return isWhole ? .broken(.payloadTooLarge) : .incomplete(size: available &+ 1)
            }
        }
        // Without a framing, a frame without a header could be empty, and would never end.
        guard headerSize > 0 || framing != nil, head.payloadSize >= 0 else { return .broken(.malformedPayload) }
        guard head.payloadSize <= maximumPayload else { return .broken(.payloadTooLarge) }

        let covered = headerSize &+ head.payloadSize
        let size = covered &+ trailerSize
        guard available >= size else { return .incomplete(size: size) }
        switch check(&reader, &head, from: sender, headerSize: headerSize, covered..<size) {
        case .right:
            return .frame(
                FrameDecoder.Frame(
                    code: head.code,
                    payloadSize: head.payloadSize,
                    headerSize: headerSize,
                    trailerSize: trailerSize,
                    header: head.header
                )
            )
        case .wrongChecksum:
            reader.skip(size)
            return .skipped(.checksumMismatch)
        case .wrongEnd: return .broken(.malformedPayload)
        }
    }

    private func outcome(of error: PayloadError, _ available: Int) -> FrameDecoder.Outcome {
        switch error.code {
        // Wait for one byte only, so that a wrong byte is found at once.
        case .truncated where available < type.maximumHeaderSize: .incomplete(size: available &+ 1)
        case .unexpectedValue where error.field == "magic": .broken(.invalidMagic)
        case .unexpectedValue where error.field == "version": .broken(.unsupportedVersion)
        default: .broken(.malformedPayload)
        }
    }

    /// Puts the header before the payload of a frame, and appends the trailer, and the delimiters and escapes of the framing.
    ///
    /// - Parameters:
    ///   - head: The content of the header. The size of the payload is not used.
    ///   - sender: The end that sends the frame.
    ///   - start: The offset of the frame in `writer`.
    ///   - room: The size of the room for the header, after which the payload begins.
    ///   - writer: The writer, which ends with the payload.
    /// - Throws: What ``FrameCodec/writeHead(_:of:into:)`` throws; `PayloadErrorCode.invalidLength` of the field `header` when the codec
    ///   has not written 1 to ``FrameCodec/maximumHeaderSize`` bytes, and of the field `payload` when the frame is empty.
    func finish(
        _ head: FrameHead,
        of sender: Sender,
        from start: Int,
        room: Int,
        in writer: inout ByteWriter
    ) throws(PayloadError) {
        let end = writer.count
        let payload = start &+ room
        var head = head
        head.payloadSize = end &- payload
        // Written after the payload, because the size of the header may depend on the payload.
        try type.writeHead(head, of: sender, into: &writer)
        let headerSize = writer.count &- end
        guard headerSize > 0 || framing != nil, headerSize <= room else {
            throw PayloadError(.invalidLength, field: "header")
        }
        writer.copy(headerSize, from: end, to: start)
        if headerSize < room { writer.copy(head.payloadSize, from: payload, to: start &+ headerSize) }
        writer.truncate(to: start &+ headerSize &+ head.payloadSize)
        let seed = type.checksumSeed(of: head.code, from: sender)
        try setHeaderChecksum(of: start, headerSize: headerSize, seed, in: &writer)
        try appendTrailer(of: start, headerSize: headerSize, head, seed, to: &writer)
        if let framing {
            // A receiver would take it for a pause.
            guard writer.count > start else { throw PayloadError(.invalidLength, field: "payload") }
            let frame = unsafe writer.withUnsafeBytes { unsafe Array($0[start...]) }
            writer.truncate(to: start)
            writer.append(contentsOf: framing.encoded(frame))
        }
    }

    // MARK: Checksums and trailer

    private enum Check {
        case right
        case wrongChecksum
        case wrongEnd
    }

    /// Checks the checksum in the header, and the trailer in the bytes `place` after header and payload; reads the fields of the trailer.
    ///
    /// A wrong end or field is worse than a wrong checksum: it shows that the frame does not end there.
    private func check(
        _ reader: inout ByteReader,
        _ head: inout FrameHead,
        from sender: Sender,
        headerSize: Int,
        _ place: Range<Int>
    ) -> Check {
        if trailer.isEmpty, checksumOfHeader == nil { return .right }
        let end = place.lowerBound
        let seed = type.checksumSeed(of: head.code, from: sender)
        var result = Check.right
        func check(_ checksum: CodecChecksum, at offset: Int) {
            let sent = unsafe reader.withUnsafeRemaining { bytes in
                let frame = unsafe UnsafeRawBufferPointer(rebasing: bytes.prefix(end))
                return unsafe checksum.sent(of: frame, headerSize: headerSize, seed: seed)
            }
            for index in 0..<checksum.size
            where reader.peekInteger(at: offset &+ index, .big, as: UInt8.self) != sent[index] {
                result = .wrongChecksum
            }
        }
        if let checksumOfHeader, let offset = checksumOfHeader.offset { check(checksumOfHeader, at: offset) }
        var offset = end
        for (item, checksum) in zip(trailer, checksums) {
            switch item {
            case .checksum:
                if let checksum { check(checksum, at: offset) }
            case .end(let bytes):
                for (index, byte) in bytes.enumerated()
                where reader.peekInteger(at: offset &+ index, .big, as: UInt8.self) != byte { return .wrongEnd }
            case .fields(let number, _):
                // A codec may read more than it has announced, so that the items before end behind the frame.
                guard offset <= place.upperBound,
                    let size = readTrailer(number, of: &head, in: &reader, offset..<place.upperBound)
                else { return .wrongEnd }
                offset &+= size
                continue
            }
            offset &+= item.size
        }
        return offset == place.upperBound ? result : .wrongEnd
    }

    /// Reads fields of the trailer from the bytes `place` of the reader; returns the number of their bytes, or `nil` if they are malformed.
    private func readTrailer(
        _ item: Int,
        of head: inout FrameHead,
        in reader: inout ByteReader,
        _ place: Range<Int>
    ) -> Int? {
        let start = reader.mark
        defer { reader.rewind(to: start) }
        reader.skip(place.lowerBound)
        return try? reader.readWindow(place.count) { fields throws(PayloadError) in
            let size = fields.remaining
            try type.readTrailer(item, of: &head, from: &fields)
            return size &- fields.remaining
        }
    }

    /// Sets the checksum in the header of the frame at offset `start`, which ends with the payload.
    private func setHeaderChecksum(
        of start: Int,
        headerSize: Int,
        _ seed: ChecksumSeed,
        in writer: inout ByteWriter
    ) throws(PayloadError) {
        guard let checksum = checksumOfHeader, let offset = checksum.offset else { return }
        guard offset &+ checksum.size <= headerSize else { throw PayloadError(.invalidLength, field: "header") }
        let sent = sent(checksum, from: start, to: writer.count, headerSize: headerSize, seed, in: writer)
        for index in 0..<checksum.size { writer.overwrite(at: start &+ offset &+ index, with: sent[index], .big) }
    }

    /// Appends the trailer to the frame at offset `start`, whose header has the content `head`.
    private func appendTrailer(
        of start: Int,
        headerSize: Int,
        _ head: FrameHead,
        _ seed: ChecksumSeed,
        to writer: inout ByteWriter
    ) throws(PayloadError) {
        let end = writer.count
        for (item, checksum) in zip(trailer, checksums) {
            switch item {
            case .checksum:
                guard let checksum else { continue }
                let sent = sent(checksum, from: start, to: end, headerSize: headerSize, seed, in: writer)
                for index in 0..<checksum.size { writer.append(sent[index], .big) }
            case .end(let bytes): writer.append(contentsOf: bytes)
            case .fields(let number, _): try type.writeTrailer(number, of: head, into: &writer)
            }
        }
    }

    /// Returns the bytes of `checksum` for the frame without its trailer from offset `start` to `end`.
    private func sent(
        _ checksum: CodecChecksum,
        from start: Int,
        to end: Int,
        headerSize: Int,
        _ seed: ChecksumSeed,
        in writer: borrowing ByteWriter
    ) -> SIMD32<UInt8> {
        unsafe writer.withUnsafeBytes { bytes in
            let frame = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            return unsafe checksum.sent(of: frame, headerSize: headerSize, seed: seed)
        }
    }
}

// MARK: - Magic numbers

/// Methods that read the first bytes of a header.
///
/// Generated codecs use them.
@_documentation(visibility: internal)
extension ByteReader {
    /// Reads the lowest `bytes` bytes (1 to 8) of `number`, the most significant byte first.
    ///
    /// The first wrong byte throws `PayloadErrorCode.unexpectedValue` of the field `magic`, even if bytes after it are missing. If there
    /// is no wrong byte and bytes are missing, the method throws `PayloadErrorCode.truncated`. It moves only past a whole, correct
    /// number.
    public mutating func magic(_ number: UInt64, bytes: Int) throws(PayloadError) {
        let count = min(max(bytes, 1), 8)
        for index in 0..<count {
            guard let byte = peekInteger(at: index, .big, as: UInt8.self) else {
                throw PayloadError(.truncated, field: "magic")
            }
            let shift = UInt64(truncatingIfNeeded: 8 &* (count &- 1 &- index))
            guard byte == UInt8(truncatingIfNeeded: number &>> shift) else {
                throw PayloadError(.unexpectedValue, field: "magic")
            }
        }
        skip(count)
    }

    /// Reads the magic number of the end that sends the frame, as ``magic(_:bytes:)`` does; `.both` accepts the number of either end.
    public mutating func magic(
        client: UInt64,
        server: UInt64,
        bytes: Int,
        of sender: Sender
    ) throws(PayloadError) {
        switch sender {
        case .client: try magic(client, bytes: bytes)
        case .server: try magic(server, bytes: bytes)
        case .both:
            do throws(PayloadError) {
                try magic(client, bytes: bytes)
            } catch {
                guard error.code == .unexpectedValue else { throw error }
                try magic(server, bytes: bytes)
            }
        }
    }

    /// Reads the magic of the end that sends the frame, of more than 8 bytes; `.both` accepts the magic of either end.
    ///
    /// - Parameters:
    ///   - client: The bytes of clients as numbers of 8 bytes, the most significant byte first; the last may have fewer bytes.
    ///   - server: The bytes of servers, as many.
    ///   - bytes: The number of bytes of either.
    public mutating func magic(client: [UInt64], server: [UInt64], bytes: Int, of sender: Sender) throws(PayloadError) {
        var start = self
        if sender == .both, (try? start.magic(server, bytes: bytes)) != nil { return skip(bytes) }
        try magic(sender == .server ? server : client, bytes: bytes)
    }

    private mutating func magic(_ numbers: [UInt64], bytes: Int) throws(PayloadError) {
        for (index, number) in numbers.enumerated() { try magic(number, bytes: min(8, bytes - 8 * index)) }
    }
}

/// Methods that write the first bytes of a header; they have the names of the methods of `ByteReader`.
@_documentation(visibility: internal)
extension ByteWriter {
    /// Writes the lowest `bytes` bytes (1 to 8) of `number`, the most significant byte first.
    public mutating func magic(_ number: UInt64, bytes: Int) {
        for index in (0..<min(max(bytes, 1), 8)).reversed() {
            append(UInt8(truncatingIfNeeded: number &>> UInt64(truncatingIfNeeded: 8 &* index)), .big)
        }
    }

    /// Writes the magic number of the end that sends the frame; `.both` writes that of the client.
    public mutating func magic(client: UInt64, server: UInt64, bytes: Int, of sender: Sender) {
        magic(sender == .server ? server : client, bytes: bytes)
    }

    /// Writes the magic of the end that sends the frame, of more than 8 bytes; `.both` writes that of the client.
    public mutating func magic(client: [UInt64], server: [UInt64], bytes: Int, of sender: Sender) {
        for (index, number) in (sender == .server ? server : client).enumerated() {
            magic(number, bytes: min(8, bytes - 8 * index))
        }
    }
}
