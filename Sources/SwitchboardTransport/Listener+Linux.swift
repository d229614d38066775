internal import CLinux
internal import Glibc

extension Listener {
    /// A socket that listens, and its address.
    static func open(
        _ address: SocketAddress,
        _ backlog: Int
    ) throws(TransportError) -> (socket: Socket, address: SocketAddress) {
        let descriptor = linux_tcp_socket(address.family)
        var storage = sockaddr_storage()
        func prepare() -> Int32 {
            if descriptor < 0 { return descriptor }
            _ = linux_set_reuse_address(descriptor)
            if address.isIPv6 { _ = linux_set_ipv6_only(descriptor) }
            let bound = unsafe address.withSystemAddress { unsafe linux_bind(descriptor, $0, $1) }
            if bound < 0 { return bound }
            let listening = linux_listen(descriptor, Int32(clamping: max(backlog, 1)))
            if listening < 0 { return listening }
            return unsafe linux_local_address(descriptor, &storage)
        }
        let result = prepare()
        if result >= 0 { return (Socket(descriptor: descriptor), SocketAddress(storage) ?? address) }
        if descriptor >= 0 { linux_close(descriptor) }
        throw TransportError(.cannotListen, "cannot listen on \(address)", errno: -result)
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
        linux_set_no_delay(accepted)
        return (Socket(descriptor: accepted), remoteAddress)
    }
}
