internal import CLinux
internal import Glibc

extension Listener {
    /// A socket that listens, its address, and its file where it has one.
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
            // Any address means that of both families; elsewhere each address has a listener of its own.
            if address.isIPv6 { _ = linux_set_ipv6_only(descriptor, !address.isUnspecified) }
            let bound =
                if let path = address.unixSocketPath {
                    UnixSocketFile.bind(descriptor, to: address, at: path)
                } else {
                    unsafe address.withSystemAddress { unsafe linux_bind(descriptor, $0, $1) }
                }
            if bound < 0 { return bound }
            // Nobody can connect before it listens.
            if let path = address.unixSocketPath {
                let result = unsafe linux_set_file_mode(path, UInt32(fileMode))
                if result < 0 { return result }
            }
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

    /// A socket that somebody else has opened, and its address.
    static func adopt(_ descriptor: Int32) throws(TransportError) -> (socket: Socket, address: SocketAddress) {
        var storage = sockaddr_storage()
        var result = linux_adopt_listener(descriptor)
        if result >= 0 { result = unsafe linux_local_address(descriptor, &storage) }
        guard result >= 0, let address = SocketAddress(storage) else {
            let what = "descriptor \(descriptor) is no stream socket that listens"
            throw TransportError(.cannotListen, what, errno: result < 0 ? -result : EINVAL)
        }
        return (Socket(descriptor: descriptor), address)
    }

    /// A new connection.
    func accept() throws(AcceptFailure) -> (socket: Socket, remoteAddress: SocketAddress) {
        var storage = sockaddr_storage()
        let accepted = unsafe linux_accept(socket.descriptor, &storage)
        guard accepted >= 0 else { throw AcceptFailure(errno: -accepted) }
        guard let remoteAddress = SocketAddress(storage) else {
            linux_close(accepted)
            throw AcceptFailure(errno: ECONNABORTED)
        }
        if !remoteAddress.isUnix { linux_set_no_delay(accepted) }
        return (Socket(descriptor: accepted), remoteAddress)
    }
}
