/// A host as users write it: a host name or an IP address.
package struct HostName: Sendable, Hashable {
    /// The name, or the address without square brackets.
    package let text: String

    /// The address with port 0; `nil` for a host name.
    package let address: SocketAddress?

    /// - Parameter host: A name, an IPv4 or an IPv6 address. An IPv6 address may stand in square brackets, and may name
    ///   the interface of a link-local address: `fe80::1%eth0`.
    /// - Throws: A ``TransportError`` when the host is empty, contains a NUL, or has brackets around text that is not
    ///   an IPv6 address.
    package init(_ host: String) throws(TransportError) {
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
        text = isBracketed ? String(host.dropFirst().dropLast()) : host
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw TransportError(.cannotResolve, description: "\"\(host)\" is neither a host name nor an address")
        }
        address = SocketAddress(ipAddress: text, port: 0)
        guard !isBracketed || address?.isIPv6 == true else {
            throw TransportError(
                .cannotResolve,
                description: "\"\(host)\" is not an IPv6 address: only IPv6 addresses may be in square brackets"
            )
        }
    }

    /// The name that the certificate of the host must have: the host name without a trailing dot, or the address
    /// without its interface.
    package var certificateName: String {
        if let address { return String(address.host.prefix { $0 != "%" }) }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
