public import SwitchboardVocabulary

/// The layout of a frame: the header, the payload and the trailer.
///
/// A *plain* format has a header of whole numbers at fixed places. Every other header is read and written by a ``FrameCodec``.
///
/// The generator makes the format from the `frame` section of a spec, and checks the preconditions of the initializers.
/// Only a format that is written by hand can violate them.
public struct FrameFormat: Sendable {
    /// The byte order of all numbers in a plain header and its trailer.
    public let byteOrder: ByteOrder

    /// The fields of a plain header, in the order in which they are sent; empty for a format with a codec.
    public let header: [Field]

    /// The checksum after the payload of a plain format, if there is one.
    ///
    /// For a format with a codec, ``trailer`` has the checksums.
    public let checksum: Checksum?

    /// The largest payload that a frame may have, in bytes.
    public let maximumPayload: Int

    /// The size of a plain header, or the largest size of a header that a codec writes, in bytes.
    public let headerSize: Int

    /// The size of the trailer after the payload, in bytes; that of the largest trailer, if some frames lack fields of it.
    public var trailerSize: Int { layout.trailerSize }

    /// The largest number of bytes of a frame that are not payload.
    ///
    /// Every frame of a plain format has this number of them.
    public var overhead: Int { headerSize + trailerSize }

    /// The largest size of a frame on the stream, in bytes.
    package var maximumFrameSize: Int {
        let size = maximumPayload + overhead
        guard let framing else { return size }
        return framing.largestSize(of: size) + 2 * framing.delimiter.count
    }

    /// The field of the header that pairs a reply with its request, if there is one.
    public var correlation: Correlation? { layout.correlation }

    /// The type that reads and writes the headers; `nil` for a plain format.
    public var codec: (any FrameCodec.Type)? { layout.codec?.type }

    /// The items after the payload, in the order in which they are sent.
    public var trailer: [TrailerItem] {
        layout.codec?.trailer ?? checksum.map { [.checksum($0)] } ?? []
    }

    /// The checksum in the header, for a format with a codec.
    public var headerChecksum: HeaderChecksum? { layout.codec?.headerChecksum }

    /// The delimiters and escapes around the frames of a format with a codec, if there are any.
    public var framing: Framing? { layout.codec?.framing }

    /// The stages with frames of another form; empty if all frames have the form of this format.
    public let stages: [Stage]

    /// The messages after which frames of another stage follow.
    public let stageChanges: [StageChange]

    /// The number of bytes at the start of a frame that a checksum of `after-magic` does not cover, for a format with
    /// a codec.
    var magicSize: Int { layout.codec?.magicSize ?? 0 }

    /// The same format in the form of words and masks.
    let layout: HeaderLayout

    /// A plain format.
    ///
    /// - Parameters:
    ///   - byteOrder: The byte order of all numbers in the header and the trailer.
    ///   - header: The fields in wire order, 16 bytes at most: exactly one `.type` of at most two bytes, exactly one
    ///     `.length`, at most one `.magic`, one `.version` and one `.correlation`, and any number of `.field`. Only
    ///     `.correlation` and `.field` may have eight bytes.
    ///   - checksum: The checksum after the payload, if there is one: at most four bytes, and covering the payload to its end.
    ///   - maximumPayload: The largest payload in bytes, at least 0; the highest value of the length field limits it.
    public init(byteOrder: ByteOrder, header: [Field], checksum: Checksum?, maximumPayload: Int) {
        let layout = HeaderLayout(header, byteOrder, checksum)
        self.byteOrder = byteOrder
        self.header = header
        self.checksum = checksum
        self.maximumPayload = min(max(maximumPayload, 0), layout.largestPayload)
        headerSize = layout.size
        stages = []
        stageChanges = []
        self.layout = layout
    }

    /// A format whose headers a codec reads and writes.
    ///
    /// - Parameters:
    ///   - codec: The type that reads and writes the headers. Its ``FrameCodec/maximumHeaderSize`` must be 1 to 256 bytes, or 0 with a
    ///     framing.
    ///   - byteOrder: The byte order of the protocol. The codec and the items of the trailer have byte orders of their own.
    ///   - correlation: The place of the number that pairs a reply with its request, if there is one.
    ///   - magicSize: The number of bytes at the start of a frame that a checksum of `after-magic` does not cover: 0 or
    ///     more.
    ///   - headerChecksum: The checksum in the header, if there is one. The codec writes zeros in its place, and skips it.
    ///   - trailer: The items after the payload, in the order in which they are sent.
    ///   - framing: The delimiters and escapes around each frame, if there are any. A mark has at least one byte.
    ///   - maximumPayload: The largest payload in bytes, at least 0.
    ///   - stages: The stages with frames of another form.
    ///   - stageChanges: The messages after which frames of another stage follow.
    public init(
        _ codec: any FrameCodec.Type,
        byteOrder: ByteOrder,
        correlation: Correlation?,
        magicSize: Int = 0,
        headerChecksum: HeaderChecksum? = nil,
        trailer: [TrailerItem],
        framing: Framing? = nil,
        maximumPayload: Int,
        stages: [Stage] = [],
        stageChanges: [StageChange] = []
    ) {
        let smallest = framing == nil ? 1 : 0
        precondition(smallest...256 ~= codec.maximumHeaderSize, "a header of a codec has 1 to 256 bytes")
        precondition(framing?.delimiter.isEmpty != true, "a delimiter has at least one byte")
        self.byteOrder = byteOrder
        header = []
        checksum = nil
        // Far more than any memory, so that the size of a frame cannot overflow.
        self.maximumPayload = min(max(maximumPayload, 0), Int.max / 4)
        headerSize = codec.maximumHeaderSize
        self.stages = stages
        self.stageChanges = stageChanges
        let frames = CodecFrames(
            type: codec,
            byteOrder: byteOrder,
            headerChecksum: headerChecksum,
            trailer: trailer,
            magicSize: max(magicSize, 0),
            framing: framing
        )
        let table =
            stages.isEmpty ? nil : StageTable(stages, others: frames, maximumPayload: self.maximumPayload)
        layout = HeaderLayout(frames, byteOrder, correlation, stages: table)
    }
}

extension FrameFormat: Hashable {
    // The other properties follow from these.

    /// Whether both formats have the same byte order, fields, checksum and largest payload, and the same codec with the same checksum,
    /// trailer, framing, correlation, size of the magic and stages.
    public static func == (left: FrameFormat, right: FrameFormat) -> Bool {
        left.byteOrder == right.byteOrder && left.header == right.header && left.trailer == right.trailer
            && left.maximumPayload == right.maximumPayload && left.codecIdentifier == right.codecIdentifier
            && left.correlation == right.correlation && left.magicSize == right.magicSize
            && left.headerChecksum == right.headerChecksum && left.framing == right.framing
            && left.stages == right.stages && left.stageChanges == right.stageChanges
    }

    /// Feeds the properties that `==` compares to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(byteOrder)
        hasher.combine(header)
        hasher.combine(trailer)
        hasher.combine(maximumPayload)
        hasher.combine(codecIdentifier)
        hasher.combine(correlation)
        hasher.combine(magicSize)
        hasher.combine(headerChecksum)
        hasher.combine(framing)
        hasher.combine(stages)
        hasher.combine(stageChanges)
    }

    private var codecIdentifier: ObjectIdentifier? { codec.map { ObjectIdentifier($0) } }
}

// MARK: - Its parts

extension FrameFormat {
    /// A field of the header.
    public enum Field: Sendable, Hashable {
        /// Bytes that are the same in every frame. The most significant byte of the number comes first, whatever the
        /// byte order of the frame is.
        case magic(UInt32, Width)
        /// The version of the protocol, the same in every frame.
        case version(UInt32, Width)
        /// The code of the message: one or two bytes.
        case type(Width)
        /// The number of bytes that `covers` selects.
        case length(Width, covers: LengthCoverage = .payload)
        /// A number that pairs replies with requests: a reply has the number of its request.
        case correlation(Width)
        /// An extra field of the protocol: see ``FrameHeader``.
        case field(Width)
    }

    /// The delimiters and escapes around frames.
    public typealias Framing = SwitchboardVocabulary.Framing

    /// The width of a number in the header.
    public typealias Width = IntegerWidth

    /// The bytes that the length of a frame counts.
    public typealias LengthCoverage = SwitchboardVocabulary.LengthCoverage
}

extension FrameFormat.Width {
    /// The largest number of this width that an `Int` can represent.
    var largest: Int { Int(clamping: UInt64.max >> UInt64(64 - 8 * rawValue)) }
}

extension FrameFormat.Field {
    var width: FrameFormat.Width {
        switch self {
        case .magic(_, let width), .version(_, let width), .type(let width), .length(let width, _),
            .correlation(let width), .field(let width):
            width
        }
    }
}

extension FrameFormat {
    /// The field of the header that pairs a reply with its request.
    public struct Correlation: Sendable, Hashable {
        let offset: Int
        let width: Width
        let order: ByteOrder

        /// The field at a place in ``HeaderBytes``.
        ///
        /// - Parameters:
        ///   - offset: The number of bytes before the field, 0 to 23. The whole field must be in the 24 bytes.
        ///   - width: The width of the field.
        ///   - order: The byte order of the field in ``HeaderBytes``.
        public init(offset: Int, width: Width, order: ByteOrder) {
            self.offset = offset
            self.width = width
            self.order = order
        }

        /// The highest number that the field can hold.
        public var largest: UInt64 { .max >> UInt64(64 - 8 * width.rawValue) }

        /// Returns the number of the field in `header`.
        public func number(in header: HeaderBytes) -> UInt64 {
            switch width {
            case .one: UInt64(header.integer(at: offset, order, as: UInt8.self))
            case .two: UInt64(header.integer(at: offset, order, as: UInt16.self))
            case .four: UInt64(header.integer(at: offset, order, as: UInt32.self))
            case .eight: header.integer(at: offset, order)
            }
        }

        /// Writes the low-order bytes of `number` into the field in `header`.
        public func set(_ number: UInt64, in header: inout HeaderBytes) {
            switch width {
            case .one: header.set(UInt8(truncatingIfNeeded: number), at: offset, order)
            case .two: header.set(UInt16(truncatingIfNeeded: number), at: offset, order)
            case .four: header.set(UInt32(truncatingIfNeeded: number), at: offset, order)
            case .eight: header.set(number, at: offset, order)
            }
        }
    }
}

extension FrameFormat {
    /// A checksum of a frame.
    public struct Checksum: Sendable, Hashable {
        /// The algorithm of the checksum.
        public let algorithm: Algorithm

        /// The bytes that the checksum covers.
        public let coverage: Coverage

        /// The number of bytes at the start of a frame that a checksum of `frame` does not cover.
        public let skipped: Int

        /// The number of bytes at the start of a frame behind which a checksum of `frame` covers none; `nil` if it covers the payload.
        public let end: Int?

        /// The byte order of the checksum; `nil` for the byte order of the frame, and for a hash.
        public let byteOrder: ByteOrder?

        /// A checksum with an algorithm and a coverage.
        ///
        /// - Parameters:
        ///   - algorithm: The algorithm.
        ///   - coverage: The bytes that the checksum covers.
        ///   - skipped: The number of bytes at the start of a frame that a checksum of `frame` does not cover: at most the
        ///     size of the smallest header.
        ///   - end: The number of bytes at the start of a frame behind which a checksum of `frame` covers none: at most the size of
        ///     the smallest header, and at least `skipped`; `nil` for a checksum that covers the payload, too.
        ///   - byteOrder: The byte order of the checksum; `nil` for the byte order of the frame.
        public init(
            _ algorithm: Algorithm,
            covers coverage: Coverage,
            skipping skipped: Int = 0,
            upTo end: Int? = nil,
            byteOrder: ByteOrder? = nil
        ) {
            self.algorithm = algorithm
            self.coverage = coverage
            self.skipped = max(skipped, 0)
            self.end = end.map { max($0, skipped, 0) }
            self.byteOrder = byteOrder
        }

        /// CRC-32 of all bytes of the frame before the checksum.
        public static let crc32 = Checksum(.crc32, covers: .frame)

        /// The algorithm of a checksum.
        public typealias Algorithm = ChecksumAlgorithm

        /// The bytes that a checksum covers.
        public typealias Coverage = ChecksumCoverage
    }
}

extension FrameFormat {
    /// A checksum in the header, which is not part of what a codec reads and writes.
    ///
    /// If it covers its own place, its bytes count as zeros.
    public struct HeaderChecksum: Sendable, Hashable {
        /// The algorithm and the covered bytes.
        public let checksum: Checksum

        /// The number of bytes before the checksum.
        public let offset: Int

        /// A checksum at an offset in the header, 0 or more.
        public init(_ checksum: Checksum, at offset: Int) {
            precondition(0...256 ~= offset, "a checksum is in the header, which has 256 bytes at most")
            self.checksum = checksum
            self.offset = offset
        }
    }
}

extension FrameFormat {
    /// An item of the trailer, after the payload.
    public enum TrailerItem: Sendable, Hashable {
        /// A checksum of the bytes before the trailer.
        case checksum(Checksum)
        /// Bytes that are the same in every frame.
        case end([UInt8])
        /// Neighbouring fields with values of their own, which the codec reads and writes: the number of the item among such items, from
        /// 0 on, and the number of bytes of all its fields, some of which a frame may lack.
        case fields(Int, size: Int)

        /// The size of the item, in bytes; the largest size of fields.
        public var size: Int {
            switch self {
            case .checksum(let checksum): checksum.algorithm.size
            case .end(let bytes): bytes.count
            case .fields(_, let size): size
            }
        }

        /// Whether the item has the same size in all frames.
        var hasFixedSize: Bool {
            if case .fields = self { false } else { true }
        }
    }
}
