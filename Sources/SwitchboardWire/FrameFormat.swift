/// How a message is delimited on a stream: the header's fields in wire order, the payload, the checksum.
///
/// It comes from the `frame` section of a spec. The generator has checked what the initialiser here requires, so only a
/// format written by hand can fail it.
public struct FrameFormat: Sendable, Hashable {
    /// The width of a number in the header.
    public enum Width: Int, Sendable, Hashable {
        /// `uint8`
        case one = 1
        /// `uint16`
        case two = 2
        /// `uint32`
        case four = 4
    }

    /// A field of the header.
    public enum Field: Sendable, Hashable {
        /// Bytes that every frame starts with; the same in every frame.
        case magic(UInt32, Width)
        /// The protocol's version; the same in every frame.
        case version(UInt32, Width)
        /// The message's code: one or two bytes.
        case type(Width)
        /// The number of bytes in the payload.
        case length(Width)
    }

    /// What follows the payload.
    public enum Checksum: Sendable, Hashable {
        /// CRC-32 as in IEEE 802.3 and zlib, of every byte of the frame before it: four bytes.
        case crc32
    }

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
    public let trailerSize: Int

    /// The bytes of a frame that are not payload.
    public var overhead: Int { headerSize + trailerSize }

    /// The same, as loads and masks.
    let layout: HeaderLayout

    /// A frame format.
    ///
    /// - Parameters:
    ///   - byteOrder: Of the numbers in header and trailer.
    ///   - header: The fields in wire order: exactly one `.type` of at most two bytes, exactly one `.length`, at most one
    ///     `.magic` and one `.version`.
    ///   - checksum: What follows the payload.
    ///   - maximumPayload: In bytes, at least 0; no more than the length field can say counts.
    public init(byteOrder: ByteOrder, header: [Field], checksum: Checksum?, maximumPayload: Int) {
        let layout = HeaderLayout(header, byteOrder)
        self.byteOrder = byteOrder
        self.header = header
        self.checksum = checksum
        self.maximumPayload = min(max(maximumPayload, 0), layout.length.width.largest)
        headerSize = layout.size
        trailerSize = checksum == nil ? 0 : 4
        self.layout = layout
    }
}

extension FrameFormat.Width {
    /// The largest number of this width.
    var largest: Int {
        switch self {
        case .one: Int(UInt8.max)
        case .two: Int(UInt16.max)
        case .four: Int(UInt32.max)
        }
    }
}
