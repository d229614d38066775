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
