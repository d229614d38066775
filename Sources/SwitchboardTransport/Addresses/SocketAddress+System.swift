internal import CLinux
internal import Glibc

// The system's form of an address, and the look-up of a host's addresses.

extension SocketAddress {
    /// The family to make a socket of.
    var family: Int32 { isUnix ? AF_UNIX : isIPv6 ? AF_INET6 : AF_INET }

    /// Calls `body` with the address in the system's form.
    @unsafe
    func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr_storage>, socklen_t) -> Result) -> Result {
        var storage = sockaddr_storage()
        let length = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            if let unixSocketPath { return unsafe write(unixSocketPath, to: bytes) }
            return isIPv6 ? unsafe write(ipv6: bytes) : unsafe write(ipv4: bytes)
        }
        return unsafe body(&storage, socklen_t(length))
    }

    @unsafe
    private func write(ipv4 bytes: UnsafeMutableRawBufferPointer) -> Int {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = portNumber.bigEndian
        address.sin_addr.s_addr = UInt32(truncatingIfNeeded: low).bigEndian
        unsafe bytes.storeBytes(of: address, as: sockaddr_in.self)
        return MemoryLayout<sockaddr_in>.size
    }

    @unsafe
    private func write(ipv6 bytes: UnsafeMutableRawBufferPointer) -> Int {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = portNumber.bigEndian
        address.sin6_scope_id = scope
        unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { field in
            unsafe field.storeBytes(of: high.bigEndian, as: UInt64.self)
            unsafe field.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        unsafe bytes.storeBytes(of: address, as: sockaddr_in6.self)
        return MemoryLayout<sockaddr_in6>.size
    }

    @unsafe
    private func write(_ path: String, to bytes: UnsafeMutableRawBufferPointer) -> Int {
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? MemoryLayout<sa_family_t>.size
        unsafe bytes.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
        // The memory is zeroed, and the initializer has checked that the path fits.
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyBytes(from: path.utf8)
        return offset + path.utf8.count + 1
    }

    /// The address that a system call returned; `nil` for a family other than IPv4, IPv6 and Unix-domain sockets.
    init?(_ storage: sockaddr_storage) {
        let address: SocketAddress? = unsafe withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET: unsafe SocketAddress(bytes.loadUnaligned(as: sockaddr_in.self))
            case AF_INET6: unsafe SocketAddress(bytes.loadUnaligned(as: sockaddr_in6.self))
            case AF_UNIX: unsafe SocketAddress(bytes)
            default: nil
            }
        }
        guard let address else { return nil }
        self = address
    }

    /// The address of a Unix-domain socket; without a path, the address is ``SocketAddress/unnamedUnixSocket``.
    private init(_ bytes: UnsafeRawBufferPointer) {
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? MemoryLayout<sa_family_t>.size
        let path = unsafe bytes[offset...].prefix { $0 != 0 }
        let text = unsafe String(decoding: path, as: UTF8.self)
        self = SocketAddress(unixPath: text) ?? .unnamedUnixSocket
    }

    private init(_ address: sockaddr_in) {
        self.init(ipv4: UInt32(bigEndian: address.sin_addr.s_addr), port: UInt16(bigEndian: address.sin_port))
    }

    private init(_ address: sockaddr_in6) {
        let field = address.sin6_addr
        let (high, low) = unsafe withUnsafeBytes(of: field) { bytes in
            let high = unsafe UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
            return (high, unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
        self.init(ipv6: high, low, scope: address.sin6_scope_id, port: UInt16(bigEndian: address.sin6_port))
    }

    /// Finds the addresses of a host.
    ///
    /// The method does not block the caller's thread. A process looks up at most 16 names at once; further look-ups
    /// wait in a queue.
    ///
    /// - Parameters:
    ///   - host: A host name, an IPv4 address, or an IPv6 address with or without square brackets.
    ///   - port: The port, 0 to 65,535. A listener on port 0 listens on a free port.
    ///   - timeout: The longest time to wait. Cancelling the task ends the wait at once, too.
    /// - Returns: At least one address, the preferred address first.
    /// - Throws: A ``TransportError`` when the host has no address, the look-up takes longer than `timeout`, or `port`
    ///   is out of range; a `CancellationError` when the task is cancelled.
    public static func resolve(
        host: String,
        port: Int,
        within timeout: Duration
    ) async throws -> [SocketAddress] {
        let host = try HostName(host)
        let portNumber = try portNumber(port)
        if let address = host.address { return [address.with(port: portNumber)] }
        let addresses = try await NameResolver.shared.addresses(of: host.text, within: timeout)
        return addresses.map { $0.with(port: portNumber) }
    }

    /// Parses an IP address, without a look-up of host names.
    ///
    /// - Parameters:
    ///   - text: An IPv4 or an IPv6 address; the latter may stand in square brackets.
    ///   - port: The port, 0 to 65,535.
    /// - Throws: A ``TransportError`` when the text is not an address, or `port` is out of range.
    public init(_ text: String, port: Int) throws(TransportError) {
        guard let address = SocketAddress(ipAddress: text, port: try Self.portNumber(port)) else {
            throw TransportError(.cannotResolve, description: "\"\(text)\" is not an IPv4 or IPv6 address")
        }
        self = address
    }

    /// The address of the Unix-domain socket at `path`.
    ///
    /// - Throws: A ``TransportError`` when the path is empty, longer than 107 bytes or contains a NUL.
    public init(unixSocketPath path: String) throws(TransportError) {
        guard let address = SocketAddress(unixPath: path) else {
            throw TransportError(
                .cannotResolve,
                description:
                    "the path of a Unix-domain socket must have 1 to \(Self.maximumUnixPathBytes) bytes: \(path)"
            )
        }
        self = address
    }

    private static func portNumber(_ port: Int) throws(TransportError) -> UInt16 {
        if let number = UInt16(exactly: port) { return number }
        throw TransportError(
            .cannotResolve,
            description: "port \(port) is not between 0 and 65535"
        )
    }

    /// Looks up the addresses of a host, with port 0.
    ///
    /// Blocks the thread.
    static func lookUp(_ name: String) throws(TransportError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(name, nil, &hints, &list)
        let systemError = errno
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        guard status == 0 else {
            if status == EAI_SYSTEM {
                throw TransportError(.cannotResolve, "cannot find the host \(name)", errno: systemError)
            }
            let text = unsafe String(cString: gai_strerror(status)).lowercased()
            throw TransportError(.cannotResolve, description: "cannot find the host \(name): \(text)")
        }
        let addresses = unsafe addresses(in: list)
        guard !addresses.isEmpty else {
            throw TransportError(.cannotResolve, description: "the host \(name) has no IPv4 or IPv6 address")
        }
        return addresses
    }

    @unsafe
    private static func addresses(in list: UnsafeMutablePointer<addrinfo>?) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        var entry = unsafe list
        while let current = unsafe entry {
            var storage = sockaddr_storage()
            let length = min(Int(unsafe current.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
            if let address = unsafe current.pointee.ai_addr {
                unsafe withUnsafeMutableBytes(of: &storage) { bytes in
                    unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: length))
                }
            }
            if let found = SocketAddress(storage) { addresses.append(found) }
            unsafe entry = current.pointee.ai_next
        }
        return addresses
    }
}

extension [SocketAddress] {
    /// The addresses without duplicates, in their order.
    var distinct: [SocketAddress] {
        var seen: Set<SocketAddress> = []
        return filter { seen.insert($0).inserted }
    }
}
