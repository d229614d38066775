public import SwitchboardVocabulary

/// The layout of a frame: the header's fields in wire order, the payload and the checksum.
///
/// The generator makes the format from the `frame` section of a spec, and checks the preconditions of the initializer.
/// Only a format that is written by hand can violate them.
public struct FrameFormat: Sendable {
    /// The byte order of all numbers in the header and the trailer.
    public let byteOrder: ByteOrder

    /// The fields of the header, in the order in which they are sent.
    public let header: [Field]

    /// The checksum after the payload, if there is one.
    public let checksum: Checksum?

    /// The largest payload that a frame may have, in bytes.
    public let maximumPayload: Int

    /// The size of the header, in bytes.
    public let headerSize: Int

    /// The size of the trailer after the payload, in bytes.
    public var trailerSize: Int { layout.trailerSize }

    /// The number of bytes of a frame that are not payload.
    public var overhead: Int { headerSize + trailerSize }

    /// The field of the header that pairs a reply with its request, if there is one.
    public var correlation: Correlation? { layout.correlation }

    /// The same format in the form of words and masks.
    let layout: HeaderLayout

    /// A frame format.
    ///
    /// - Parameters:
    ///   - byteOrder: The byte order of all numbers in the header and the trailer.
    ///   - header: The fields in wire order, 16 bytes at most: exactly one `.type` of at most two bytes, exactly one
    ///     `.length`, at most one `.magic`, one `.version` and one `.correlation`, and any number of `.field`. Only
    ///     `.correlation` and `.field` may have eight bytes.
    ///   - checksum: The checksum after the payload, if there is one.
    ///   - maximumPayload: The largest payload in bytes, at least 0; the highest value of the length field limits it.
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
    // The other properties follow from these.

    /// Whether both formats have the same byte order, fields, checksum and largest payload.
    public static func == (left: FrameFormat, right: FrameFormat) -> Bool {
        left.byteOrder == right.byteOrder && left.header == right.header && left.checksum == right.checksum
            && left.maximumPayload == right.maximumPayload
    }

    /// Feeds the properties that `==` compares to `hasher`.
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
    /// The checksum after the payload, in the byte order of the frame.
    public struct Checksum: Sendable, Hashable {
        /// The algorithm of the checksum.
        public let algorithm: Algorithm

        /// The bytes that the checksum covers.
        public let coverage: Coverage

        /// A checksum with an algorithm and a coverage.
        public init(_ algorithm: Algorithm, covers coverage: Coverage) {
            self.algorithm = algorithm
            self.coverage = coverage
        }

        /// CRC-32 of all bytes of the frame before the checksum.
        public static let crc32 = Checksum(.crc32, covers: .frame)

        /// The algorithm of a checksum.
        public typealias Algorithm = ChecksumAlgorithm

        /// The bytes that a checksum covers.
        public typealias Coverage = ChecksumCoverage
    }
}
