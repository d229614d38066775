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
