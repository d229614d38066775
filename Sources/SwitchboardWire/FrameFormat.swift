public import SwitchboardVocabulary

/// How a message is delimited on a stream: the header's fields in wire order, the payload, the checksum.
///
/// It comes from the `frame` section of a spec. The generator has checked what the initialiser here requires, so only a
/// format written by hand can fail it.
public struct FrameFormat: Sendable {
    /// The order of the bytes of every number in the header and the trailer.
    public let byteOrder: ByteOrder

    /// The fields of the header, in the order in which they travel.
    public let header: [Field]

    /// The checksum behind the payload, if there is one.
    public let checksum: Checksum?

    /// The largest payload that a frame may have, in bytes.
    public let maximumPayload: Int

    /// The size of the header, in bytes.
    public let headerSize: Int

    /// The size of what follows the payload, in bytes.
    public var trailerSize: Int { layout.trailerSize }

    /// The bytes of a frame that are not payload.
    public var overhead: Int { headerSize + trailerSize }

    /// Where the header says which request a reply answers, if it does.
    public var correlation: Correlation? { layout.correlation }

    /// The same, as loads and masks.
    let layout: HeaderLayout

    /// A frame format.
    ///
    /// - Parameters:
    ///   - byteOrder: Of the numbers in header and trailer.
    ///   - header: The fields in wire order, 16 bytes at most: exactly one `.type` of at most two bytes, exactly one
    ///     `.length`, at most one `.magic`, one `.version` and one `.correlation`, and any number of `.field`. Of these,
    ///     `.correlation` and `.field` alone may have eight bytes.
    ///   - checksum: What follows the payload.
    ///   - maximumPayload: In bytes, at least 0; no more than the length field can say counts.
    public init(byteOrder: ByteOrder, header: [Field], checksum: Checksum?, maximumPayload: Int) {
        let layout = HeaderLayout(header, byteOrder, checksum)
        self.byteOrder = byteOrder
        self.header = header
        self.checksum = checksum
        self.maximumPayload = min(max(maximumPayload, 0), layout.largestPayload)
        headerSize = layout.size
        self.layout = layout
    }
}

extension FrameFormat: Hashable {
    // All but what follows from the rest.

    /// Whether both describe the same frames, field by field.
    public static func == (left: FrameFormat, right: FrameFormat) -> Bool {
        left.byteOrder == right.byteOrder && left.header == right.header && left.checksum == right.checksum
            && left.maximumPayload == right.maximumPayload
    }

    /// Feeds what is compared to `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(byteOrder)
        hasher.combine(header)
        hasher.combine(checksum)
        hasher.combine(maximumPayload)
    }
}

// MARK: - Its parts

extension FrameFormat {
    /// A field of the header.
    public enum Field: Sendable, Hashable {
        /// Bytes that are the same in every frame, from the highest of the number to the lowest: the frame's byte order does
        /// not change them.
        case magic(UInt32, Width)
        /// The protocol's version; the same in every frame.
        case version(UInt32, Width)
        /// The message's code: one or two bytes.
        case type(Width)
        /// How many bytes follow, or are in the frame.
        case length(Width, covers: LengthCoverage = .payload)
        /// A number that pairs replies with requests: a reply has that of its request.
        case correlation(Width)
        /// A number that belongs to the protocol's users: see ``FrameHeader``.
        case field(Width)
    }

    /// The width of a number in the header.
    public typealias Width = IntegerWidth

    /// What the length of a frame counts.
    public typealias LengthCoverage = SwitchboardVocabulary.LengthCoverage
}

extension FrameFormat.Width {
    /// The largest number of this width, as far as it can be a length.
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
    /// The field of the header that says which request a reply answers.
    public struct Correlation: Sendable, Hashable {
        let offset: Int
        let width: Width
        let order: ByteOrder

        /// The highest number that it can hold.
        public var largest: UInt64 { .max >> UInt64(64 - 8 * width.rawValue) }

        /// The number in `header`.
        public func number(in header: HeaderBytes) -> UInt64 {
            switch width {
            case .one: UInt64(header.integer(at: offset, order, as: UInt8.self))
            case .two: UInt64(header.integer(at: offset, order, as: UInt16.self))
            case .four: UInt64(header.integer(at: offset, order, as: UInt32.self))
            case .eight: header.integer(at: offset, order)
            }
        }

        /// Puts `number` into `header`: as many of its lower bytes as the field has.
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
    /// What follows the payload: a checksum, in the frame's byte order.
    public struct Checksum: Sendable, Hashable {
        /// How it is computed.
        public let algorithm: Algorithm

        /// What it is computed of.
        public let coverage: Coverage

        /// A checksum by `algorithm` of what `coverage` says.
        public init(_ algorithm: Algorithm, covers coverage: Coverage) {
            self.algorithm = algorithm
            self.coverage = coverage
        }

        /// CRC-32 of every byte of the frame before it.
        public static let crc32 = Checksum(.crc32, covers: .frame)

        /// How a checksum is computed.
        public typealias Algorithm = ChecksumAlgorithm

        /// What a checksum is computed of.
        public typealias Coverage = ChecksumCoverage
    }
}
