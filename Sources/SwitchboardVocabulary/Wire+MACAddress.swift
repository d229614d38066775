extension Wire {
    /// A MAC address of 48 bits (EUI-48), as in Ethernet.
    @frozen
    public struct MACAddress: Hashable, Sendable, Comparable, LosslessStringConvertible {
        /// The number of bytes of an address.
        package static let byteCount = 6

        /// The bits of the address, the 48 lowest of the number; the first byte of the address has the highest of them.
        public let bits: UInt64

        /// The address with the 48 lowest bits of `bits`; its first byte has the highest of them.
        @inlinable @inline(__always)
        public init(bits: UInt64) {
            self.bits = bits & 0xFFFF_FFFF_FFFF
        }

        /// The address of 6 bytes, in the order in which they are sent; `nil` for another number of bytes.
        public init?(bytes: some Collection<UInt8>) {
            guard let bits = UInt64(mostSignificantFirst: bytes, count: Self.byteCount) else { return nil }
            self.bits = bits
        }

        /// The address in `text`, such as `00:1a:2b:3c:4d:5e` or `00-1A-2B-3C-4D-5E`; `nil` for other text.
        public init?(_ text: String) {
            let text = Array(text.utf8.prefix(Self.textCount + 1))
            guard text.count == Self.textCount, text[2] == UInt8(ascii: ":") || text[2] == UInt8(ascii: "-") else {
                return nil
            }
            let parts = text.split(separator: text[2], omittingEmptySubsequences: false)
            let bytes = parts.filter { $0.count == 2 }.compactMap { UInt8(hexadecimalDigits: $0) }
            guard bytes.count == parts.count, let address = MACAddress(bytes: bytes) else { return nil }
            self = address
        }

        /// The number of characters of an address.
        private static let textCount = 17

        /// The bytes in the order in which they are sent.
        public var bytes: [UInt8] { bits.bytes(count: Self.byteCount) }

        /// The address in hexadecimal: `00:1a:2b:3c:4d:5e`.
        public var description: String { bytes.map(\.hexadecimalDigits).joined(separator: ":") }

        /// Whether `left` is the lower address.
        @inlinable
        public static func < (left: MACAddress, right: MACAddress) -> Bool { left.bits < right.bits }
    }
}
