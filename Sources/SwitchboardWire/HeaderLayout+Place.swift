extension HeaderLayout {
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
            excess = UInt32(clamping: 32 - 8 * width.rawValue)
        }
    }
}

extension HeaderLayout.Place {
    /// Where what follows it starts.
    var end: Int { offset + width.rawValue }

    /// The header's bits that are the number's.
    var bits: UInt128 { (UInt128.max >> UInt128(128 - 8 * width.rawValue)) << UInt128(8 * offset) }

    /// What `value` adds to a header in which the number, of four bytes at most, is 0.
    @inline(__always)
    func bits<Word: FixedWidthInteger>(of value: UInt32, as word: Word.Type) -> Word {
        let ordered = order == .big ? value.byteSwapped &>> excess : (value &<< excess) &>> excess
        return Word(truncatingIfNeeded: ordered) &<< Word(truncatingIfNeeded: 8 &* offset)
    }

    /// The number, of four bytes at most, in the header that starts at `header`: three bytes behind it must be memory, too.
    @inline(__always)
    func load(from header: UnsafeRawPointer) -> UInt32 {
        let word = unsafe header.loadUnaligned(fromByteOffset: offset, as: UInt32.self).ordered(order)
        return (order == .big ? word : word &<< excess) &>> excess
    }
}
