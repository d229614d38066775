extension Wire {
    /// A UUID, with its bytes in the order of RFC 9562.
    ///
    /// `Foundation.UUID(uuidString: uuid.description)` converts it.
    @frozen
    public struct UUID: Hashable, Sendable, Comparable, LosslessStringConvertible {
        /// The number of bytes of a UUID.
        package static let byteCount = 16

        /// The bits of the UUID; its first byte has the highest ones.
        public let bits: UInt128

        /// The UUID with these bits; its first byte has the highest ones.
        @inlinable @inline(__always)
        public init(bits: UInt128) {
            self.bits = bits
        }

        /// The UUID of 16 bytes, in the order in which they are sent; `nil` for another number of bytes.
        public init?(bytes: some Collection<UInt8>) {
            guard let bits = UInt128(mostSignificantFirst: bytes, count: Self.byteCount) else { return nil }
            self.bits = bits
        }

        /// The UUID in `text`, such as `123e4567-e89b-12d3-a456-426614174000`, in either case; `nil` for other text.
        public init?(_ text: String) {
            let text = Array(text.utf8.prefix(Self.textCount + 1))
            guard text.count == Self.textCount else { return nil }
            let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard parts.map(\.count) == Self.digitCounts,
                let bits = UInt128(hexadecimalDigits: parts.joined().map(\.self))
            else { return nil }
            self.bits = bits
        }

        /// The number of characters of a UUID.
        private static let textCount = 36
        /// The numbers of digits between the hyphens.
        private static let digitCounts = [8, 4, 4, 4, 12]

        /// The bytes in the order in which they are sent.
        public var bytes: [UInt8] { bits.bytes(count: Self.byteCount) }

        /// The UUID in small letters: `123e4567-e89b-12d3-a456-426614174000`.
        public var description: String {
            var digits = bits.hexadecimalDigits[...]
            let parts = Self.digitCounts.map { count in
                defer { digits = digits.dropFirst(count) }
                return digits.prefix(count)
            }
            return parts.joined(separator: "-")
        }

        /// Whether the bytes of `left` come first.
        @inlinable
        public static func < (left: UUID, right: UUID) -> Bool { left.bits < right.bits }
    }
}
