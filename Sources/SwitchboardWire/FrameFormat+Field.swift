public import SwitchboardVocabulary

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
