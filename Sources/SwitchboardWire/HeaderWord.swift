/// A header, or its first bytes, as one number in which every field is a run of bits.
///
/// Where the byte order is big-endian the first byte is the highest, where it is little-endian the lowest: with the word's
/// bytes in order, those of every field are, too.
@usableFromInline
struct HeaderWord<Word: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable, Hashable {
    @usableFromInline let order: ByteOrder
    /// The bits that are the same in every frame, and what they are.
    @usableFromInline let fixedBits: Word
    @usableFromInline let template: Word
    @usableFromInline let type: Run
    @usableFromInline let length: Run

    /// The bits of a number.
    @usableFromInline
    struct Run: Sendable, Hashable {
        /// How many bits of the word are below it.
        @usableFromInline let shift: Word
        /// As many ones as it has bits.
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
    ///   - type: Where the code is.
    ///   - length: Where the length is.
    ///   - fixedBits: The bits that are the same in every frame; the header's first byte is the lowest.
    ///   - template: What they are.
    ///   - order: That of all numbers in the header.
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
        self.type = Run(type, order)
        self.length = Run(length, order)
        self.fixedBits = word(fixedBits)
        self.template = word(template)
    }

    /// The type and the length of the header at `header`, where as many bytes as the word has must be memory; `nil` when
    /// what is the same in every frame is not.
    @inline(__always)
    func numbers(at header: UnsafeRawPointer) -> (type: UInt32, length: UInt32)? {
        let word = unsafe header.loadUnaligned(as: Word.self).ordered(order)
        guard word & fixedBits == template else { return nil }
        return (type.number(in: word), length.number(in: word))
    }

    /// The header of a message without extra fields, as its bytes lie in memory.
    @inlinable @inline(__always)
    func header(_ type: UInt32, length: UInt32) -> Word {
        (template | self.type.bits(of: type) | self.length.bits(of: length)).ordered(order)
    }
}
