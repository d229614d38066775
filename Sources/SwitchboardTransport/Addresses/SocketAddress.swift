/// The address of one end of a connection: an IPv4 or IPv6 address with a port, or the path of a Unix-domain socket.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address, for IPv4 in the last four bytes, most significant byte first.
    let high: UInt64
    let low: UInt64
    /// Where a Unix-domain socket is, if it is one.
    let unixPath: UnixPath?
    /// The interface of a link-local IPv6 address; 0 for any.
    let scope: UInt32
    let portNumber: UInt16
    let isIPv6: Bool

    init(high: UInt64, low: UInt64, isIPv6: Bool, scope: UInt32, portNumber: UInt16) {
        self.high = high
        self.low = low
        self.isIPv6 = isIPv6
        self.scope = scope
        self.portNumber = portNumber
        unixPath = nil
    }

    init(unixPath: UnixPath) {
        high = 0
        low = 0
        isIPv6 = false
        scope = 0
        portNumber = 0
        self.unixPath = unixPath
    }

    /// The address of the Unix-domain socket at `path`.
    ///
    /// - Throws: A ``TransportError`` when the path is empty, longer than 107 bytes or has a NUL in it.
    public init(unixSocketPath path: String) throws(TransportError) {
        self.init(unixPath: try UnixPath(path))
    }

    /// Whether it is that of a Unix-domain socket.
    public var isUnix: Bool { unixPath != nil }

    /// Whether it stands for all addresses of the machine: `0.0.0.0` for those of IPv4, `::` for those of both families.
    public var isUnspecified: Bool { !isUnix && high == 0 && low == 0 }

    /// The port, 0 to 65,535; 0 for a Unix-domain socket.
    public var port: Int { Int(portNumber) }

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

    private var ipv4Text: String {
        "\(low >> 24 & 0xFF).\(low >> 16 & 0xFF).\(low >> 8 & 0xFF).\(low & 0xFF)"
    }
}

extension [SocketAddress] {
    /// The addresses in their order, each once.
    var distinct: [SocketAddress] {
        var seen: Set<SocketAddress> = []
        return filter { seen.insert($0).inserted }
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

    /// The network that the address is counted as; `nil` for a Unix-domain socket.
    package var network: Network? { isUnix ? nil : Network(self) }
}

/// Where a Unix-domain socket is in the file system.
///
/// An object, since every connection keeps an address and hardly any of them a path.
final class UnixPath: Sendable, Hashable {
    /// The longest path that the system takes, in bytes.
    static let maximumBytes = 107

    /// That of a peer, which has none.
    static let unnamed = UnixPath(unchecked: "")

    let text: String

    private init(unchecked text: String) {
        self.text = text
    }

    convenience init(_ text: String) throws(TransportError) {
        guard (1...Self.maximumBytes).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw TransportError(
                .cannotResolve,
                description: "the path of a Unix-domain socket must have 1 to \(Self.maximumBytes) bytes: \(text)"
            )
        }
        self.init(unchecked: text)
    }

    static func == (left: UnixPath, right: UnixPath) -> Bool {
        left.text == right.text
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}
