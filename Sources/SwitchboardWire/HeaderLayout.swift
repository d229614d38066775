public import CChecksum

/// The header of a frame as one word: the decoder and the encoder read and write all fields together.
///
/// It is an object, because most of its properties serve rare kinds of headers, and a value would have to be copied as
/// a whole.
final class HeaderLayout: Sendable {
    /// The largest size of a plain header, in bytes: the size of the long word.
    static let maximumSize = MemoryLayout<UInt128>.size

    // The properties below serve every frame, and are close together in memory.

    /// The size of the header, in bytes; `Int.max` for a format with a codec.
    ///
    /// No stream has that many bytes. Therefore the decoder needs no other check for a codec on the path of plain frames.
    let size: Int

    /// The size of the trailer after the payload, in bytes.
    let trailerSize: Int

    /// The number of bytes that the length counts in addition to the payload.
    let lengthExcess: Int

    /// Whether the header has a correlation or extra fields.
    let hasOwnBits: Bool

    /// Whether the checksum is the usual one, the CRC-32 of header and payload, for which there is faster code.
    let hasUsualChecksum: Bool

    /// The byte order of all numbers.
    let order: ByteOrder

    /// The header as a word of 8 bytes, if it has at most 8 bytes, as most headers do.
    let short: HeaderWord<UInt64>?

    // The properties below serve less usual frames.

    /// The header as a word of 16 bytes.
    let long: HeaderWord<UInt128>

    /// The bits that are the same in every header; all other bits are 0.
    ///
    /// The first byte of the header is the lowest one.
    let template: UInt128

    /// The mask of the bits that are the same in every frame, and the mask of the magic.
    let fixedBits: UInt128
    let magicBits: UInt128

    /// The mask of the correlation and the extra fields, and the mask of all other fields.
    let ownBits: PlainHeader
    let sharedBits: PlainHeader

    /// The largest payload that the length can express, in bytes.
    let largestPayload: Int

    let correlation: FrameFormat.Correlation?
    let checksum: ChecksumPlace?

    /// What reads and writes the header and the trailer; `nil` for a plain format, to which all other properties belong.
    let codec: CodecFrames?

    /// The frames of other stages; `nil` if all frames have the same form.
    let stages: StageTable?

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
        var ownBits: UInt128 = 0
        for field in fields {
            let place = Place(offset: offset, width: field.width)
            offset += place.width.rawValue
            precondition(offset <= Self.maximumSize, "a header has 16 bytes at most")
            switch field {
            case .magic(let value, _):
                precondition(magic == nil && place.width != .eight, "a frame has one magic, of four bytes at most")
                magic = place
                fixedBits |= place.bits
                // The first byte on the wire is the most significant one, whatever the byte order of numbers is.
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
                ownBits |= place.bits
            case .field:
                ownBits |= place.bits
            }
        }
        guard let type, let length else { preconditionFailure("a frame has a type and a length") }
        self.order = order
        size = offset
        trailerSize = checksum?.algorithm.size ?? 0
        self.template = template
        self.fixedBits = fixedBits
        magicBits = magic?.bits ?? 0
        self.ownBits = PlainHeader(ownBits)
        sharedBits = PlainHeader(UInt128.max >> UInt128(8 * (Self.maximumSize - offset)) & ~ownBits)
        hasOwnBits = ownBits != 0
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
            case .lengthAndRest: size - length.place.offset + trailerSize
            }
        largestPayload = length.place.width.largest - lengthExcess
        self.correlation = correlation
        let sizeOfFirstMagic = magic?.offset == 0 ? magic?.end ?? 0 : 0
        self.checksum = checksum.map { ChecksumPlace($0, order, headerSize: offset, magicSize: sizeOfFirstMagic) }
        hasUsualChecksum = checksum?.isUsual(in: order) ?? false
        codec = nil
        stages = nil
    }

    /// The layout of a format with a codec.
    init(
        _ codec: CodecFrames,
        _ order: ByteOrder,
        _ correlation: FrameFormat.Correlation?,
        stages: StageTable? = nil
    ) {
        self.codec = codec
        self.stages = stages
        self.order = order
        self.correlation = correlation
        size = .max
        trailerSize = codec.trailer.reduce(0) { $0 + $1.size }
        hasOwnBits = true
        // Nothing uses the properties below.
        lengthExcess = 0
        hasUsualChecksum = false
        short = nil
        let place = Place(offset: 0, width: .one)
        long = HeaderWord(type: place, length: place, fixedBits: 0, template: 0, order)
        template = 0
        fixedBits = 0
        magicBits = 0
        ownBits = PlainHeader(0)
        sharedBits = PlainHeader(0)
        largestPayload = 0
        checksum = nil
    }

    /// Returns the first 16 bytes as a number, with the first byte as the lowest one; missing bytes are 0.
    static func word(of bytes: UnsafeRawBufferPointer) -> UInt128 {
        unsafe bytes.prefix(maximumSize).reversed().reduce(0) { word, byte in word << 8 | UInt128(byte) }
    }
}

extension HeaderLayout {
    /// The place of a number in the header.
    struct Place: Sendable, Hashable {
        /// The number of bytes before the number.
        let offset: Int
        let width: FrameFormat.Width

        /// The offset of the next number.
        var end: Int { offset + width.rawValue }

        /// The mask of the number, in a header whose first byte is the lowest one.
        var bits: UInt128 { (UInt128.max >> UInt128(128 - 8 * width.rawValue)) << UInt128(8 * offset) }

        /// The number `value`, of at most 4 bytes, at its place in such a header.
        func bits(of value: UInt32, _ order: ByteOrder) -> UInt128 {
            let number = order == .big ? value.byteSwapped >> UInt32(32 - 8 * width.rawValue) : value
            return UInt128(number) << UInt128(8 * offset) & bits
        }
    }
}

// MARK: - As a word

/// A header, or its first bytes, as one number, in which each field is a range of bits.
///
/// The first byte is the most significant one for big-endian headers, and the least significant one for little-endian
/// headers. Therefore the bytes of each field are in the right order, too.
@usableFromInline
struct HeaderWord<Word: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable, Hashable {
    @usableFromInline let order: ByteOrder
    /// The mask and the values of the bits that are the same in every frame.
    @usableFromInline let fixedBits: Word
    @usableFromInline let template: Word
    @usableFromInline let type: BitField
    @usableFromInline let length: BitField

    /// The range of bits of a number.
    @usableFromInline
    struct BitField: Sendable, Hashable {
        /// The number of bits below the range.
        @usableFromInline let shift: Word
        /// A number with as many ones as the range has bits.
        @usableFromInline let mask: Word

        init(_ place: HeaderLayout.Place, _ order: ByteOrder) {
            let lowest = order == .big ? MemoryLayout<Word>.size - place.end : place.offset
            shift = Word(truncatingIfNeeded: 8 * lowest)
            mask = .max >> Word(truncatingIfNeeded: Word.bitWidth - 8 * place.width.rawValue)
        }

        @inline(__always)
        func number(in word: Word) -> UInt32 { UInt32(truncatingIfNeeded: word &>> shift & mask) }

        @inlinable @inline(__always)
        func bits(of number: UInt32) -> Word { (Word(truncatingIfNeeded: number) & mask) &<< shift }
    }

    /// - Parameters:
    ///   - type: The place of the code.
    ///   - length: The place of the length.
    ///   - fixedBits: The mask of the bits that are the same in every frame. The first byte of the header is the lowest
    ///     one.
    ///   - template: The values of these bits.
    ///   - order: The byte order of all numbers in the header.
    init(
        type: HeaderLayout.Place,
        length: HeaderLayout.Place,
        fixedBits: UInt128,
        template: UInt128,
        _ order: ByteOrder
    ) {
        func word(_ bits: UInt128) -> Word {
            order == .big ? Word(truncatingIfNeeded: bits).byteSwapped : Word(truncatingIfNeeded: bits)
        }
        self.order = order
        self.type = BitField(type, order)
        self.length = BitField(length, order)
        self.fixedBits = word(fixedBits)
        self.template = word(template)
    }

    /// Returns the type and the length of the header at `header`; `nil` if the fixed bits are wrong.
    ///
    /// As many bytes as the word has must be readable.
    @inline(__always)
    func numbers(at header: UnsafeRawPointer) -> (type: UInt32, length: UInt32)? {
        let word = unsafe header.loadUnaligned(as: Word.self).ordered(order)
        guard word & fixedBits == template else { return nil }
        return (type.number(in: word), length.number(in: word))
    }

    /// Returns the header of a message without extra fields, with its bytes in wire order.
    @inlinable @inline(__always)
    func header(_ type: UInt32, length: UInt32) -> Word {
        (template | self.type.bits(of: type) | self.length.bits(of: length)).ordered(order)
    }
}

// MARK: - Checksum

/// The checksum of a frame, in a form in which it is computed and compared.
struct ChecksumPlace: Sendable {
    private let calculator: ChecksumCalculator
    /// The size of the checksum, in bytes: 1 to 4.
    private let size: Int
    private let order: ByteOrder
    /// The number of bytes at the start of a frame that the checksum does not cover.
    private let start: Int

    /// The place of `checksum` in frames whose numbers have the byte order `order`.
    init(_ checksum: FrameFormat.Checksum, _ order: ByteOrder, headerSize: Int, magicSize: Int) {
        calculator = ChecksumCalculator(checksum.algorithm)
        size = checksum.algorithm.size
        precondition(size <= 4, "the checksum of a plain format has four bytes at most")
        precondition(checksum.end == nil, "the checksum of a plain format covers the payload")
        self.order = checksum.order(in: order)
        start =
            switch checksum.coverage {
            case .frame: min(checksum.skipped, headerSize)
            case .payload: headerSize
            case .afterMagic: magicSize
            case .header: preconditionFailure("the checksum of a plain format covers the payload")
            }
    }

    /// Returns whether the checksum after the first `end` bytes of `frame`, which are header and payload, is correct.
    func isRight(in frame: UnsafeRawPointer, behind end: Int) -> Bool {
        let checksum = unsafe calculator.checksum(of: frame + start, count: end &- start)
        switch size {
        case 4: return unsafe frame.loadUnaligned(fromByteOffset: end, as: UInt32.self).ordered(order) == checksum
        case 2:
            return unsafe UInt32(frame.loadUnaligned(fromByteOffset: end, as: UInt16.self).ordered(order)) == checksum
        default:
            for index in 0..<size {
                let byte = unsafe frame.load(fromByteOffset: end &+ index, as: UInt8.self)
                guard byte == self.byte(index, of: checksum) else { return false }
            }
            return true
        }
    }

    /// Appends the checksum of the frame that starts at offset `frame` in `writer`.
    func append(of frame: Int, to writer: inout ByteWriter) {
        let checksum = unsafe writer.withUnsafeBytes { bytes in
            let covered = unsafe UnsafeRawBufferPointer(rebasing: bytes[(frame &+ start)...])
            return unsafe calculator.checksum(of: covered.baseAddress, count: covered.count)
        }
        switch size {
        case 4: writer.append(checksum, order)
        case 2: writer.append(UInt16(truncatingIfNeeded: checksum), order)
        default: for index in 0..<size { writer.append(byte(index, of: checksum), order) }
        }
    }

    /// Returns the byte of `checksum` at `index` on the wire.
    private func byte(_ index: Int, of checksum: UInt32) -> UInt8 {
        let place = order == .little ? index : size &- 1 &- index
        return UInt8(truncatingIfNeeded: checksum &>> UInt32(truncatingIfNeeded: 8 &* place))
    }
}

extension FrameFormat.Checksum {
    /// Whether the checksum is the usual one, the CRC-32 of header and payload, in a frame with the byte order `order`.
    func isUsual(in order: ByteOrder) -> Bool {
        algorithm == .crc32 && coverage == .frame && skipped == 0 && self.order(in: order) == order
    }
}

extension ChecksumAlgorithm {
    /// Returns the checksum of `bytes`.
    public func checksum(of bytes: Bytes) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe ChecksumCalculator(self).checksum(of: $0.baseAddress, count: $0.count) }
    }
}

/// Returns the usual checksum, CRC-32, for code that other modules inline.
@inlinable @inline(__always)
func usualChecksum(of bytes: UnsafeRawPointer, count: Int) -> UInt32 {
    unsafe switchboard_crc32(bytes, count)
}
