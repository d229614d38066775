import Glibc
import SwitchboardBytes

/// The other end of a connection: a plain blocking socket.
final class Peer: @unchecked Sendable {
    let descriptor: Int32
    private var isOpen = true

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit {
        close()
    }

    /// Connects to a port of 127.0.0.1.
    static func connected(toPort port: Int) throws -> Peer {
        let peer = Peer(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        try peer.connect(toPort: port)
        return peer
    }

    /// Connects to a port of 127.0.0.1.
    func connect(toPort port: Int) throws {
        var address = loopback(port)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw SystemError(errno: errno) }
    }

    /// A peer, and a descriptor connected to it that does not block.
    ///
    /// The system buffers little between the two.
    static func pair() throws -> (Peer, Int32) {
        let listener = try PlainListener(backlog: 1)
        let peer = try Peer.connected(toPort: listener.port)
        let accepted = accept(listener.descriptor, nil, nil)
        guard accepted >= 0, fcntl(accepted, F_SETFL, O_NONBLOCK) == 0 else { throw SystemError(errno: errno) }
        for descriptor in [peer.descriptor, accepted] {
            for option in [SO_SNDBUF, SO_RCVBUF] {
                var size: Int32 = 256 * 1024
                unsafe setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
            }
        }
        return (peer, accepted)
    }

    /// Sends all of `bytes`.
    func send(_ bytes: Bytes) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SystemError(errno: errno) }
            rest = rest[count..<rest.count]
        }
    }

    /// Sends a byte that is marked as urgent.
    func sendUrgent() throws {
        guard unsafe Glibc.send(descriptor, "!", 1, Int32(MSG_OOB)) == 1 else { throw SystemError(errno: errno) }
    }

    /// The result of one `recv`: no bytes at the end.
    func receiveOnce(upTo capacity: Int = 1 << 20) throws -> Bytes {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer { unsafe memory.deallocate() }
        let count = unsafe recv(descriptor, memory.baseAddress, capacity, 0)
        guard count >= 0 else { throw SystemError(errno: errno) }
        return unsafe Bytes(copying: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    }

    /// Exactly `count` bytes, or fewer when the end comes first.
    func receive(_ count: Int) throws -> Bytes {
        var writer = ByteWriter(capacity: count)
        while writer.count < count {
            let bytes = try receiveOnce(upTo: min(count - writer.count, 1 << 20))
            if bytes.isEmpty { break }
            writer.append(bytes)
        }
        return writer.takeBytes()
    }

    /// Everything up to the end.
    func receiveAll() throws -> Bytes {
        var writer = ByteWriter()
        while true {
            let bytes = try receiveOnce()
            if bytes.isEmpty { return writer.takeBytes() }
            writer.append(bytes)
        }
    }

    func shutdownOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        _ = Glibc.close(descriptor)
    }

    /// Closes with a reset.
    func reset() {
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}

/// A listener that is none of the transport's, on a free port of 127.0.0.1.
final class PlainListener {
    let descriptor: Int32
    let port: Int

    init(backlog: Int32) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(descriptor, address, length) == 0, listen(descriptor, backlog) == 0 else {
                    return Int32(-1)
                }
                return unsafe getsockname(descriptor, address, &length)
            }
        }
        guard status == 0 else { throw SystemError(errno: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        _ = Glibc.close(descriptor)
    }
}

struct SystemError: Error {
    let errno: Int32
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}

/// The number of descriptors that this process has.
func openDescriptorCount() -> Int {
    guard let directory = unsafe opendir("/proc/self/fd") else { return -1 }
    defer { unsafe closedir(directory) }
    var count = 0
    while unsafe readdir(directory) != nil { count += 1 }
    return count
}
