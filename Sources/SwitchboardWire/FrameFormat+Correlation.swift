extension FrameFormat {
    /// The field of the header that says which request a reply answers.
    public struct Correlation: Sendable, Hashable {
        let offset: Int
        let width: Width
        let order: ByteOrder

        /// The highest number that it can hold.
        public var largest: UInt64 { .max >> UInt64(64 - 8 * width.rawValue) }

        /// The number in `header`.
        public func number(in header: HeaderBytes) -> UInt64 {
            switch width {
            case .one: UInt64(header.integer(at: offset, order, as: UInt8.self))
            case .two: UInt64(header.integer(at: offset, order, as: UInt16.self))
            case .four: UInt64(header.integer(at: offset, order, as: UInt32.self))
            case .eight: header.integer(at: offset, order)
            }
        }

        /// Puts `number` into `header`: as many of its lower bytes as the field has.
        public func set(_ number: UInt64, in header: inout HeaderBytes) {
            switch width {
            case .one: header.set(UInt8(truncatingIfNeeded: number), at: offset, order)
            case .two: header.set(UInt16(truncatingIfNeeded: number), at: offset, order)
            case .four: header.set(UInt32(truncatingIfNeeded: number), at: offset, order)
            case .eight: header.set(number, at: offset, order)
            }
        }
    }
}
