internal import Glibc

extension SocketAddress {
    /// Parses an IP address, without a look-up of names; `nil` when the text is not an IP address.
    ///
    /// - Parameters:
    ///   - text: An IPv4 address, or an IPv6 address. The latter may stand in square brackets, and may name its interface by
    ///     number or name: `[fe80::1%eth0]`.
    ///   - port: The port, 0 to 65,535.
    package init?(ipAddress text: String, port: UInt16) {
        // The functions of the system would ignore the text after a NUL.
        guard !text.utf8.contains(0) else { return nil }
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]") && text.utf8.count > 2
        if !isBracketed, let bits = Self.ipv4Bits(text) {
            self.init(ipv4: bits, port: port)
            return
        }
        let parts = (isBracketed ? text.dropFirst().dropLast() : text[...]).split(
            separator: "%",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let first = parts.first, let (high, low) = Self.ipv6Bits(String(first)) else { return nil }
        guard let scope = parts.count > 1 ? Self.interface(String(parts[1])) : 0 else { return nil }
        self.init(ipv6: high, low, scope: scope, port: port)
        if isBracketed, !isIPv6 { return nil }
    }

    /// Returns the bits of an IPv4 address.
    ///
    /// As in other programs, short forms such as `127.1` are allowed.
    private static func ipv4Bits(_ text: String) -> UInt32? {
        var address = in_addr()
        // `inet_aton` would ignore the text after a space.
        guard text.utf8.allSatisfy({ $0 > 0x20 }), unsafe inet_aton(text, &address) != 0 else { return nil }
        return UInt32(bigEndian: address.s_addr)
    }

    private static func ipv6Bits(_ text: String) -> (high: UInt64, low: UInt64)? {
        var address = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        return unsafe withUnsafeBytes(of: address) { bytes in
            let high = unsafe UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
            return (high, unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// The index of a network interface, by name or number.
    private static func interface(_ text: String) -> UInt32? {
        let index = unsafe if_nametoindex(text)
        return index != 0 ? index : UInt32(text)
    }

    var ipv4Text: String {
        "\(low >> 24 & 0xFF).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)"
    }

    /// The canonical form of an IPv6 address (RFC 5952), without the scope.
    var ipv6Text: String {
        var address = in6_addr()
        unsafe withUnsafeMutableBytes(of: &address) { field in
            unsafe field.storeBytes(of: high.bigEndian, as: UInt64.self)
            unsafe field.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            guard let start = text.baseAddress else { return "" }
            guard unsafe inet_ntop(AF_INET6, &address, start, socklen_t(text.count)) != nil else { return "" }
            return unsafe String(cString: start)
        }
    }
}
