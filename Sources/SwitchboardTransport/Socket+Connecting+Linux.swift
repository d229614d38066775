internal import CLinux
internal import Glibc

extension Socket {
    /// A socket that is about to be connected to `address`, or is already: it becomes writable.
    static func connecting(to address: SocketAddress) throws(TransportError) -> Socket {
        let descriptor = linux_stream_socket(address.family)
        guard descriptor >= 0 else {
            throw TransportError(.cannotConnect, "cannot connect to \(address)", errno: -descriptor)
        }
        if !address.isUnix { linux_set_no_delay(descriptor) }
        let result = unsafe address.withSystemAddress { unsafe linux_connect(descriptor, $0, $1) }
        guard result >= 0 || result == -EINPROGRESS else {
            linux_close(descriptor)
            throw TransportError(.cannotConnect, "cannot connect to \(address)", errno: -result)
        }
        return Socket(descriptor: descriptor)
    }
}
