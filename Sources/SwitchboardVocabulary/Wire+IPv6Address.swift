extension Wire {
    /// An IPv6 address.
    @frozen
    public struct IPv6Address: Hashable, Sendable, Comparable, LosslessStringConvertible {
        /// The number of bytes of an address.
        package static let byteCount = 16

        /// The bits of the address; its first byte has the highest ones.
        public let bits: UInt128

        /// The address with these bits; its first byte has the highest ones.
        @inlinable @inline(__always)
        public init(bits: UInt128) {
            self.bits = bits
        }

        /// The address of 16 bytes, in the order in which they are sent; `nil` for another number of bytes.
        public init?(bytes: some Collection<UInt8>) {
            guard let bits = UInt128(mostSignificantFirst: bytes, count: Self.byteCount) else { return nil }
            self.bits = bits
        }

        /// The address in `text`, in each form of RFC 4291: `2001:db8::1`, `::ffff:192.0.2.1`; `nil` for other text.
        ///
        /// The zone of an address, such as `%eth0`, is not allowed, because it is not sent.
        public init?(_ text: String) {
            let text = Array(text.utf8.prefix(Self.longestText + 1))
            guard text.count <= Self.longestText else { return nil }
            let colon = UInt8(ascii: ":")
            let gap = text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
            guard let gap else {
                guard let groups = Self.groups(of: text[...], isEnd: true), groups.count == 8 else { return nil }
                bits = Self.bits(of: groups)
                return
            }
            // `::` stands for one group of zeros or more.
            guard
                let before = Self.groups(of: text[..<gap], isEnd: false),
                let behind = Self.groups(of: text[(gap + 2)...], isEnd: true), before.count + behind.count < 8
            else { return nil }
            let zeros = [UInt16](repeating: 0, count: 8 - before.count - behind.count)
            bits = Self.bits(of: before + zeros + behind)
        }

        /// The number of characters of the longest address, with an IPv4 address at its end.
        private static let longestText = 45

        private static func bits(of groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

        /// Returns the groups of 16 bits in `text`; `nil` if it has anything else.
        ///
        /// - Parameter isEnd: Whether the text is the end of an address, which may be an IPv4 address.
        private static func groups(of text: ArraySlice<UInt8>, isEnd: Bool) -> [UInt16]? {
            guard !text.isEmpty else { return [] }
            let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            var groups: [UInt16] = []
            for (index, part) in parts.enumerated() {
                if let group = UInt16(hexadecimalDigits: part) {
                    groups.append(group)
                } else if isEnd, index == parts.count - 1, let bits = IPv4Address.bits(of: part) {
                    groups += [UInt16(bits >> 16), UInt16(bits & 0xFFFF)]
                } else {
                    return nil
                }
            }
            return groups
        }

        /// The bytes in the order in which they are sent.
        public var bytes: [UInt8] { bits.bytes(count: Self.byteCount) }

        /// The address in the form of RFC 5952: `2001:db8::1`, `::ffff:192.0.2.1`.
        public var description: String {
            if bits >> 32 == 0xFFFF { return "::ffff:\(IPv4Address(bits: UInt32(truncatingIfNeeded: bits)))" }
            let groups = (0..<8).reversed().map { UInt16(truncatingIfNeeded: bits >> UInt128($0 * 16)) }
            // `::` is for the longest zeros, and for the first of several that are as long.
            var zeros = 0..<0
            var start = 0
            for (index, group) in groups.enumerated() {
                if group != 0 {
                    start = index + 1
                } else if index + 1 - start > zeros.count {
                    zeros = start..<index + 1
                }
            }
            func text(_ groups: ArraySlice<UInt16>) -> String {
                groups.map { String($0, radix: 16) }.joined(separator: ":")
            }
            guard zeros.count > 1 else { return text(groups[...]) }
            return text(groups[..<zeros.lowerBound]) + "::" + text(groups[zeros.upperBound...])
        }

        /// Whether `left` is the lower address.
        @inlinable
        public static func < (left: IPv6Address, right: IPv6Address) -> Bool { left.bits < right.bits }
    }
}
