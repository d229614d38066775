extension Wire {
    /// An IPv4 address.
    @frozen
    public struct IPv4Address: Hashable, Sendable, Comparable, LosslessStringConvertible {
        /// The number of bytes of an address.
        package static let byteCount = 4

        /// The bits of the address; its first byte has the highest ones.
        public let bits: UInt32

        /// The address with these bits; its first byte has the highest ones.
        @inlinable @inline(__always)
        public init(bits: UInt32) {
            self.bits = bits
        }

        /// The address of four bytes: `Wire.IPv4Address(192, 0, 2, 1)`.
        public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
            bits = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
        }

        /// The address of four bytes, in the order in which they are sent; `nil` for another number of bytes.
        public init?(bytes: some Collection<UInt8>) {
            guard let bits = UInt32(mostSignificantFirst: bytes, count: Self.byteCount) else { return nil }
            self.bits = bits
        }

        /// The address in `text`, such as `192.0.2.1`; `nil` for other text.
        ///
        /// The text has four decimal numbers without leading zeros, which some programs would read as octal.
        public init?(_ text: String) {
            guard let bits = Self.bits(of: Array(text.utf8.prefix(Self.longestText + 1))) else { return nil }
            self.bits = bits
        }

        /// The number of characters of `255.255.255.255`.
        private static let longestText = 15

        /// Returns the bits of the address in `text`, in ASCII; `nil` for other text.
        static func bits(of text: some Collection<UInt8>) -> UInt32? {
            guard text.count <= longestText else { return nil }
            let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard parts.count == byteCount else { return nil }
            var bits: UInt32 = 0
            for part in parts {
                let digits = part.compactMap { digit in
                    UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit ? UInt32(digit - UInt8(ascii: "0")) : nil
                }
                guard digits.count == part.count, (1...3).contains(digits.count) else { return nil }
                let number = digits.reduce(0) { $0 * 10 + $1 }
                guard number <= UInt8.max, digits[0] > 0 || digits.count == 1 else { return nil }
                bits = bits << 8 | number
            }
            return bits
        }

        /// The bytes in the order in which they are sent.
        public var bytes: [UInt8] { bits.bytes(count: Self.byteCount) }

        /// The address in decimal numbers: `192.0.2.1`.
        public var description: String { bytes.map { String($0) }.joined(separator: ".") }

        /// Whether `left` is the lower address.
        @inlinable
        public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.bits < right.bits }
    }
}
