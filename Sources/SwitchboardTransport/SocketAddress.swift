/// The address of one end of a TCP connection: an IPv4 or IPv6 address, and a port.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address, for IPv4 in the last four bytes, most significant byte first.
    let high: UInt64
    let low: UInt64
    let isIPv6: Bool
    /// The interface of a link-local IPv6 address; 0 for any.
    let scope: UInt32
    let portNumber: UInt16

    /// The port, 0 to 65,535.
    public var port: Int { Int(portNumber) }

    /// The address without the port: `127.0.0.1`, `::1`, `fe80::1%2`.
    public var host: String {
        isIPv6 ? ipv6Text + (scope == 0 ? "" : "%\(scope)") : ipv4Text
    }

    /// The address and the port: `127.0.0.1:5000`, `[::1]:5000`.
    public var description: String {
        isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private var ipv4Text: String {
        "\(low >> 24 & 0xFF).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)"
    }
}

extension SocketAddress {
    /// What is taken for one customer's: an IPv4 address, or the first 64 bits of an IPv6 address.
    package struct Network: Hashable, Sendable {
        private let bits: UInt64
        private let isIPv6: Bool

        fileprivate init(_ address: SocketAddress) {
            bits = address.isIPv6 ? address.high : address.low
            isIPv6 = address.isIPv6
        }
    }

    /// The network that the address is counted as.
    package var network: Network { Network(self) }
}
