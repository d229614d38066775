/// A frame's header in the form in which it is read and written: not field by field, but one word for all that is the same
/// in every frame, and a place for each number that is not.
struct HeaderLayout: Sendable, Hashable {
    /// The most bytes that a header may have: those of the word.
    static let maximumSize = MemoryLayout<UInt128>.size

    /// The number of bytes in the header.
    let size: Int

    /// The header of a message with code and length 0: its first byte is the lowest of the number.
    let template: UInt128

    /// The bits of the template that are the same in every frame, and those among them that are the magic's.
    let fixedBits: UInt128
    let magicBits: UInt128

    let type: Place
    let length: Place

    /// A number in the header.
    struct Place: Sendable, Hashable {
        let offset: Int
        let width: FrameFormat.Width
        let order: ByteOrder
        /// How many bits a word of 32 has more than the number.
        let excess: UInt32

        init(offset: Int, width: FrameFormat.Width, order: ByteOrder) {
            self.offset = offset
            self.width = width
            self.order = order
            excess = 32 - 8 * UInt32(width.rawValue)
        }
    }

    /// The layout of a header with `fields` in wire order.
    init(_ fields: [FrameFormat.Field], _ order: ByteOrder) {
        var template = ByteWriter(capacity: Self.maximumSize)
        var fixedBits: UInt128 = 0
        var magicBits: UInt128?
        var hasVersion = false
        var type: Place?
        var length: Place?
        for field in fields {
            let place = Place(offset: template.count, width: field.width, order: order)
            precondition(place.offset + place.width.rawValue <= Self.maximumSize, "a header has 16 bytes at most")
            switch field {
            case .magic(let value, _):
                precondition(magicBits == nil, "a frame has one magic")
                magicBits = place.bits
                fixedBits |= place.bits
                template.append(value, place)
            case .version(let value, _):
                precondition(!hasVersion, "a frame has one version")
                hasVersion = true
                fixedBits |= place.bits
                template.append(value, place)
            case .type:
                precondition(type == nil && place.width != .four, "a frame has one type, of one or two bytes")
                type = place
                template.append(0, place)
            case .length:
                precondition(length == nil, "a frame has one length")
                length = place
                template.append(0, place)
            }
        }
        guard let type, let length else { preconditionFailure("a frame has a type and a length") }
        size = template.count
        self.template = unsafe template.withUnsafeBytes { unsafe Self.word(of: $0) }
        self.fixedBits = fixedBits
        self.magicBits = magicBits ?? 0
        self.type = type
        self.length = length
    }

    /// The header of a message, or its first bytes, as many as `Word` has.
    @inline(__always)
    func header<Word: FixedWidthInteger>(_ code: UInt32, length size: UInt32, as word: Word.Type) -> Word {
        Word(truncatingIfNeeded: template) | type.bits(of: code, as: word) | length.bits(of: size, as: word)
    }

    /// The first bytes of `bytes`, 16 at most, the first the lowest of the number, and zeros behind them.
    static func word(of bytes: UnsafeRawBufferPointer) -> UInt128 {
        unsafe bytes.prefix(maximumSize).reversed().reduce(0) { word, byte in word << 8 | UInt128(byte) }
    }
}

extension HeaderLayout.Place {
    /// The header's bits that are the number's.
    var bits: UInt128 { bits(of: .max, as: UInt128.self) }

    /// What `value` adds to a header in which the number is 0.
    @inline(__always)
    func bits<Word: FixedWidthInteger>(of value: UInt32, as word: Word.Type) -> Word {
        let ordered = order == .big ? value.byteSwapped &>> excess : (value &<< excess) &>> excess
        return Word(truncatingIfNeeded: ordered) &<< Word(truncatingIfNeeded: 8 &* offset)
    }

    /// The number in the header that starts at `header`: three bytes behind it must be memory, too.
    @inline(__always)
    func load(from header: UnsafeRawPointer) -> UInt32 {
        let word = unsafe header.loadUnaligned(fromByteOffset: offset, as: UInt32.self).ordered(order)
        return (order == .big ? word : word &<< excess) &>> excess
    }
}

extension ByteWriter {
    /// Appends the number that belongs at `place`.
    fileprivate mutating func append(_ value: UInt32, _ place: HeaderLayout.Place) {
        switch place.width {
        case .one: append(UInt8(truncatingIfNeeded: value), place.order)
        case .two: append(UInt16(truncatingIfNeeded: value), place.order)
        case .four: append(value, place.order)
        }
    }
}

extension FrameFormat.Field {
    fileprivate var width: FrameFormat.Width {
        switch self {
        case .magic(_, let width), .version(_, let width), .type(let width), .length(let width): width
        }
    }
}
