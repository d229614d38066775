/// The width of a number in a frame's header.
///
/// The raw value is the number of bytes.
public enum IntegerWidth: Int, Sendable, Hashable, CaseIterable {
    /// `uint8`
    case one = 1
    /// `uint16`
    case two = 2
    /// `uint32`
    case four = 4
    /// `uint64`
    case eight = 8
}

/// The bytes of a frame that the length in its header counts.
///
/// The raw value is the keyword in a spec.
public enum LengthCoverage: String, Sendable, Hashable, CaseIterable {
    /// The payload alone.
    case payload
    /// The whole header and the payload.
    case headerAndPayload = "header-and-payload"
    /// The whole frame, with the checksum.
    case frame
    /// All bytes after the length itself: the rest of the header, the payload, the checksum.
    case rest
    /// The length itself, and all bytes after it.
    case lengthAndRest = "length-and-rest"
}

/// The limits of a frame's header.
public enum HeaderLimits {
    /// The largest size of a header of whole numbers at fixed places, in bytes.
    public static let maximumBytes = 16
    /// The largest size of any other header, in bytes.
    public static let maximumCodecBytes = 256
    /// The largest number of items in a header.
    public static let maximumFields = 64
}
