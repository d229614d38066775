/// A frame's header in the form in which it is read and written: not field by field, but as one word.
///
/// It is an object because most of it is for headers of rare kinds, and would be copied with the rest.
final class HeaderLayout: Sendable {
    /// The most bytes that a header may have: the long word holds as many.
    static let maximumSize = HeaderLimits.maximumBytes

    // What every frame needs, close together.

    /// The number of bytes in the header.
    let size: Int

    /// The number of bytes behind the payload.
    let trailerSize: Int

    /// What the length counts beside the payload, in bytes.
    let lengthExcess: Int

    /// Whether there are a correlation or extra fields.
    let hasExtraBits: Bool

    /// Whether the checksum is the most usual one, CRC-32 of header and payload, which takes a shorter way.
    let hasUsualChecksum: Bool

    /// The order of the bytes of every number.
    let order: ByteOrder

    /// The header as a word of eight bytes, if it has no more than that: most have no more.
    let short: HeaderWord<UInt64>?

    // What the others need.

    /// The header as a word of sixteen bytes.
    let long: HeaderWord<UInt128>

    /// What is the same in every header, and zeros elsewhere: its first byte is the lowest of the number.
    let template: UInt128

    /// The bits that are the same in every frame, and those among them that are the magic's.
    let fixedBits: UInt128
    let magicBits: UInt128

    /// The bits of the correlation and the extra fields.
    let extraBits: UInt128

    /// The largest payload that the length can say, in bytes.
    let largestPayload: Int

    let correlation: FrameFormat.Correlation?
    let checksum: ChecksumPlace?

    /// The layout of a header with `fields` in wire order.
    init(_ fields: [FrameFormat.Field], _ order: ByteOrder, _ checksum: FrameFormat.Checksum?) {
        var offset = 0
        var template: UInt128 = 0
        var fixedBits: UInt128 = 0
        var magic: Place?
        var hasVersion = false
        var type: Place?
        var length: (place: Place, coverage: FrameFormat.LengthCoverage)?
        var correlation: FrameFormat.Correlation?
        var extraBits: UInt128 = 0
        for field in fields {
            let place = Place(offset: offset, width: field.width)
            offset += place.width.rawValue
            precondition(offset <= Self.maximumSize, "a header has 16 bytes at most")
            switch field {
            case .magic(let value, _):
                precondition(magic == nil && place.width != .eight, "a frame has one magic, of four bytes at most")
                magic = place
                fixedBits |= place.bits
                // Bytes as they travel: the first of them is the highest of the number, whatever the order of numbers.
                template |= place.bits(of: value, .big)
            case .version(let value, _):
                precondition(!hasVersion && place.width != .eight, "a frame has one version, of four bytes at most")
                hasVersion = true
                fixedBits |= place.bits
                template |= place.bits(of: value, order)
            case .type:
                precondition(type == nil && place.width.rawValue <= 2, "a frame has one type, of one or two bytes")
                type = place
            case .length(_, let coverage):
                precondition(length == nil && place.width != .eight, "a frame has one length, of four bytes at most")
                length = (place, coverage)
            case .correlation:
                precondition(correlation == nil, "a frame has one correlation")
                correlation = FrameFormat.Correlation(offset: place.offset, width: place.width, order: order)
                extraBits |= place.bits
            case .field:
                extraBits |= place.bits
            }
        }
        guard let type, let length else { preconditionFailure("a frame has a type and a length") }
        self.order = order
        size = offset
        trailerSize = checksum?.algorithm.size ?? 0
        self.template = template
        self.fixedBits = fixedBits
        magicBits = magic?.bits ?? 0
        self.extraBits = extraBits
        hasExtraBits = extraBits != 0
        short =
            size <= MemoryLayout<UInt64>.size
            ? HeaderWord(type: type, length: length.place, fixedBits: fixedBits, template: template, order) : nil
        long = HeaderWord(type: type, length: length.place, fixedBits: fixedBits, template: template, order)
        lengthExcess =
            switch length.coverage {
            case .payload: 0
            case .headerAndPayload: size
            case .frame: size + trailerSize
            case .rest: size - length.place.end + trailerSize
            }
        largestPayload = length.place.width.largest - lengthExcess
        self.correlation = correlation
        let sizeOfFirstMagic = magic?.offset == 0 ? magic?.end ?? 0 : 0
        self.checksum = checksum.map { ChecksumPlace($0, order, headerSize: offset, magicSize: sizeOfFirstMagic) }
        hasUsualChecksum = checksum == .crc32
    }

    /// The first bytes of `bytes`, 16 at most, the first the lowest of the number, and zeros behind them.
    static func word(of bytes: UnsafeRawBufferPointer) -> UInt128 {
        unsafe bytes.prefix(maximumSize).reversed().reduce(0) { word, byte in word << 8 | UInt128(byte) }
    }
}

extension HeaderLayout {
    /// Where a number of the header is.
    struct Place: Sendable, Hashable {
        /// The number of bytes before it.
        let offset: Int
        let width: FrameFormat.Width

        /// Where what follows it starts.
        var end: Int { offset + width.rawValue }

        /// Its bits in a header whose first byte is the lowest.
        var bits: UInt128 { (UInt128.max >> UInt128(128 - 8 * width.rawValue)) << UInt128(8 * offset) }

        /// The same of the number `value`, of four bytes at most.
        func bits(of value: UInt32, _ order: ByteOrder) -> UInt128 {
            let number = order == .big ? value.byteSwapped >> UInt32(32 - 8 * width.rawValue) : value
            return UInt128(number) << UInt128(8 * offset) & bits
        }
    }
}
