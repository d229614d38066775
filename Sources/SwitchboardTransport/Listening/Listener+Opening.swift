internal import CLinux
internal import Glibc

extension Listener {
    /// Opens a listening socket, and returns it with its address and, for a Unix-domain socket, its file.
    static func open(
        _ address: SocketAddress,
        _ backlog: Int,
        _ fileMode: UInt16
    ) throws(TransportError) -> (socket: Socket, address: SocketAddress, file: UnixSocketFile?) {
        let descriptor = linux_stream_socket(address.family)
        var storage = sockaddr_storage()
        func prepare() -> Int32 {
            if descriptor < 0 { return descriptor }
            if !address.isUnix { _ = linux_set_reuse_address(descriptor) }
            // The address `::` stands for the addresses of both families. Any other address has a listener of its own.
            if address.isIPv6 { _ = linux_set_ipv6_only(descriptor, !address.isUnspecified) }
            let bound =
                if let path = address.unixSocketPath {
                    UnixSocketFile.bind(descriptor, to: address, at: path)
                } else {
                    unsafe address.withSystemAddress { unsafe linux_bind(descriptor, $0, $1) }
                }
            if bound < 0 { return bound }
            // Clients can connect only after the call of listen(2) below, so no client finds the file with other
            // permissions.
            if let path = address.unixSocketPath {
                let result = unsafe linux_set_file_mode(path, UInt32(fileMode))
                if result < 0 { return result }
            }
            // Accepted sockets inherit the option.
            if !address.isUnix { linux_set_no_delay(descriptor) }
            let listening = linux_listen(descriptor, Int32(clamping: max(backlog, 1)))
            if listening < 0 { return listening }
            return unsafe linux_local_address(descriptor, &storage)
        }
        let result = prepare()
        if result >= 0 {
            let file = address.unixSocketPath.flatMap(UnixSocketFile.init(at:))
            return (Socket(descriptor: descriptor), SocketAddress(storage) ?? address, file)
        }
        if descriptor >= 0 { linux_close(descriptor) }
        throw TransportError(.cannotListen, "cannot listen on \(address)", errno: -result)
    }

    /// Takes over a listening socket that the caller opened, and returns it with its address.
    static func adopt(_ descriptor: Int32) throws(TransportError) -> (socket: Socket, address: SocketAddress) {
        var storage = sockaddr_storage()
        var result = linux_adopt_listener(descriptor)
        if result >= 0 { result = unsafe linux_local_address(descriptor, &storage) }
        guard result >= 0, let address = SocketAddress(storage) else {
            let what = "descriptor \(descriptor) is not a listening stream socket"
            throw TransportError(.cannotListen, what, errno: result < 0 ? -result : EINVAL)
        }
        if !address.isUnix { linux_set_no_delay(descriptor) }
        return (Socket(descriptor: descriptor), address)
    }
}

extension Listener {
    /// The largest number of addresses that one call of ``atAll(_:make:onMissing:)`` listens on.
    package static let maximumAddresses = 16

    /// The largest number of ports to try.
    ///
    /// A port that the system chose for one address may be in use at another address.
    private static let maximumPortChoices = 16

    /// Listens at every address of a host, on the same port.
    ///
    /// The method skips an address that this machine does not have, unless it is the only one. For example, a host name
    /// may have an IPv6 address on a machine where IPv6 is disabled.
    ///
    /// - Parameters:
    ///   - addresses: 1 to 16 addresses with the same port. For port 0 the method chooses a port that is free at all
    ///     addresses.
    ///   - make: Creates the listener for an address.
    ///   - onMissing: Called with the reason for each address that the method skips.
    /// - Returns: At least one listener.
    /// - Throws: A `TransportError` when the system does not let the process listen at an address, when this machine
    ///   has none of the addresses, or when there are more than 16.
    package static func atAll(
        _ addresses: [SocketAddress],
        make: (SocketAddress) throws(TransportError) -> Listener,
        onMissing: (TransportError) -> Void
    ) throws(TransportError) -> [Listener] {
        let distinct = addresses.distinct
        guard let first = distinct.first, distinct.count <= maximumAddresses else {
            let reason = "\(distinct.count) addresses; 1 to \(maximumAddresses) are allowed"
            throw TransportError(.cannotListen, description: "cannot listen: the host has \(reason)")
        }
        for _ in 1..<maximumPortChoices where first.port == 0 && distinct.count > 1 {
            do throws(TransportError) {
                return try atAllOnce(distinct, make, onMissing)
            } catch  where error.errno == EADDRINUSE {
                // The port that is free at the first address is in use at another: try a new port.
                continue
            }
        }
        return try atAllOnce(distinct, make, onMissing)
    }

    private static func atAllOnce(
        _ addresses: [SocketAddress],
        _ make: (SocketAddress) throws(TransportError) -> Listener,
        _ onMissing: (TransportError) -> Void
    ) throws(TransportError) -> [Listener] {
        var listeners: [Listener] = []
        var missing: [TransportError] = []
        for address in addresses {
            do throws(TransportError) {
                listeners.append(
                    try make(address.with(port: listeners.first?.address.portNumber ?? address.portNumber))
                )
            } catch  where addresses.count > 1 && (error.errno == EADDRNOTAVAIL || error.errno == EAFNOSUPPORT) {
                missing.append(error)
            } catch {
                for listener in listeners { listener.close() }
                throw error
            }
        }
        if listeners.isEmpty, let first = missing.first { throw first }
        for error in missing { onMissing(error) }
        return listeners
    }
}
