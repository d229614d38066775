/// The address of one end of a connection: an IPv4 or IPv6 address with a port, or the path of a Unix-domain socket.
///
/// The module `SwitchboardTransport` parses addresses, looks up host names, and converts addresses to and from the
/// structures of the system.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// The bytes of the address, the most significant byte first; an IPv4 address is in the last four bytes.
    package let high: UInt64
    package let low: UInt64
    /// The interface of a link-local IPv6 address; 0 if it has none.
    package let scope: UInt32
    package let portNumber: UInt16
    /// Whether the address is an IPv6 address.
    public let isIPv6: Bool
    private let unixPath: UnixPath?

    /// An IPv4 address; the first byte is the most significant.
    package init(ipv4 bits: UInt32, port: UInt16) {
        self.init(high: 0, low: UInt64(bits), isIPv6: false, scope: 0, port: port)
    }

    /// An IPv6 address, or the IPv4 address that it maps.
    ///
    /// On a socket for both families, the system gives IPv4 peers addresses with the prefix `::ffff:0:0/96`. This
    /// initializer makes IPv4 addresses of them. Otherwise, limits would count all IPv4 peers as one network.
    package init(ipv6 high: UInt64, _ low: UInt64, scope: UInt32, port: UInt16) {
        if high == 0, low >> 32 == 0xFFFF {
            self.init(ipv4: UInt32(truncatingIfNeeded: low), port: port)
        } else {
            self.init(high: high, low: low, isIPv6: true, scope: scope, port: port)
        }
    }

    private init(high: UInt64, low: UInt64, isIPv6: Bool, scope: UInt32, port: UInt16, unixPath: UnixPath? = nil) {
        self.high = high
        self.low = low
        self.isIPv6 = isIPv6
        self.scope = scope
        self.portNumber = port
        self.unixPath = unixPath
    }

    /// The IPv4 loopback address, `127.0.0.1`.
    ///
    /// - Parameter port: The port, 0 to 65,535.
    public static func loopback(port: UInt16) -> SocketAddress {
        SocketAddress(ipv4: 0x7F00_0001, port: port)
    }

    /// Returns the same IP address with another port; returns the address of a Unix-domain socket unchanged.
    package func with(port: UInt16) -> SocketAddress {
        SocketAddress(high: high, low: low, isIPv6: isIPv6, scope: scope, port: isUnix ? 0 : port, unixPath: unixPath)
    }

    /// The port, 0 to 65,535; 0 for a Unix-domain socket.
    public var port: Int { Int(portNumber) }

    /// The bytes of the IP address, most significant first: 4 for IPv4, 16 for IPv6, none for a Unix-domain socket.
    public var ipBytes: [UInt8] {
        guard !isUnix else { return [] }
        return (isIPv6 ? Self.bytes(of: high) + Self.bytes(of: low) : Self.bytes(of: low).suffix(4))
    }

    private static func bytes(of value: UInt64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt64($0)) }
    }

    /// Whether the address is `0.0.0.0`, for all IPv4 addresses of the machine, or `::`, for all IPv4 and IPv6 addresses.
    public var isUnspecified: Bool { !isUnix && high == 0 && low == 0 }

    /// Whether the address is a loopback address, `127.0.0.0/8` or `::1`, so that the peer runs on this machine.
    public var isLoopback: Bool {
        isIPv6 ? high == 0 && low == 1 : !isUnix && low >> 24 == 127
    }

    /// The address without the port: `127.0.0.1`, `::1`, `fe80::1%2`; the path of a Unix-domain socket.
    public var host: String {
        if let unixPath { return unixPath.text }
        return isIPv6 ? ipv6Text + (scope == 0 ? "" : "%\(scope)") : ipv4Text
    }

    /// The address and the port: `127.0.0.1:5000`, `[::1]:5000`; `unix` and the path of a Unix-domain socket, if it has one.
    public var description: String {
        if let unixPath { return unixPath.text.isEmpty ? "unix" : "unix \(unixPath.text)" }
        return isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

// MARK: Unix-domain sockets

extension SocketAddress {
    /// The longest path of a Unix-domain socket, in bytes: the system's limit.
    package static let maximumUnixPathBytes = 107

    /// The address of the peer of a Unix-domain socket: it has no path.
    public static let unnamedUnixSocket = SocketAddress(UnixPath(""))

    /// The address of the Unix-domain socket at `path`; `nil` when the path is empty, too long or contains a NUL.
    package init?(unixPath path: String) {
        guard (1...Self.maximumUnixPathBytes).contains(path.utf8.count), !path.utf8.contains(0) else { return nil }
        self.init(UnixPath(path))
    }

    private init(_ unixPath: UnixPath) {
        self.init(high: 0, low: 0, isIPv6: false, scope: 0, port: 0, unixPath: unixPath)
    }

    /// Whether the address is that of a Unix-domain socket.
    public var isUnix: Bool { unixPath != nil }

    /// The path of a Unix-domain socket, empty when it has none; `nil` for an IP address.
    public var unixSocketPath: String? { unixPath?.text }

    /// The path as an object, to save memory: each connection has an address, and few addresses have a path.
    private final class UnixPath: Sendable, Hashable {
        let text: String

        init(_ text: String) {
            self.text = text
        }

        static func == (left: UnixPath, right: UnixPath) -> Bool {
            left.text == right.text
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(text)
        }
    }
}

// MARK: Networks

extension SocketAddress {
    /// The addresses that limits count as one: one IPv4 address, or the 2⁶⁴ IPv6 addresses with the same first 64 bits.
    public struct Network: Hashable, Sendable, CustomStringConvertible {
        private let bits: UInt64
        private let isIPv6: Bool

        fileprivate init(_ address: SocketAddress) {
            bits = address.isIPv6 ? address.high : address.low
            isIPv6 = address.isIPv6
        }

        /// The IPv4 address, or the IPv6 network: `192.0.2.1`, `2001:db8:0:1::/64`.
        public var description: String {
            guard isIPv6 else { return SocketAddress(ipv4: UInt32(truncatingIfNeeded: bits), port: 0).host }
            return SocketAddress(high: bits, low: 0, isIPv6: true, scope: 0, port: 0).host + "/64"
        }
    }

    /// The network of the address; `nil` for a Unix-domain socket.
    public var network: Network? { isUnix ? nil : Network(self) }
}
