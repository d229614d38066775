internal import Glibc

/// What is taken for one customer's network: an IPv4 address, or the first 64 bits of an IPv6 address.
enum PeerNetwork {
    /// The network of a peer whose address is, for people, `address`: `127.0.0.1:50312`, `[::1]:50312`.
    static func name(of address: String) -> String {
        let host = address.lastIndex(of: ":").map { address[..<$0] } ?? address[...]
        guard host.hasPrefix("["), host.hasSuffix("]") else { return String(host) }
        // A link-local address has its interface behind it.
        let text = String(host.dropFirst().dropLast().prefix { $0 != "%" })
        var bytes = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return text }
        return unsafe withUnsafeBytes(of: bytes) { unsafe $0.prefix(8).map { String($0, radix: 16) } }
            .joined(separator: ":")
    }
}
