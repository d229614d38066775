import Glibc
package import SwitchboardBytes

/// One end of a connection: a plain blocking socket that sends and receives bytes.
///
/// Every call fails after ``Patience/seconds`` without progress. The socket closes when the object is released.
package final class RawPeer: @unchecked Sendable {
    package let descriptor: Int32
    private var isOpen = true

    /// Takes over a connected socket.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: Patience.seconds, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Makes an unconnected socket.
    package convenience init() {
        self.init(descriptor: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    }

    /// Connects to a port of 127.0.0.1.
    package convenience init(port: Int) throws {
        self.init()
        try connect(port: port)
    }

    deinit {
        close()
    }

    /// Connects to a port of 127.0.0.1.
    package func connect(port: Int) throws {
        var address = loopback(port)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw SystemError(errno: errno) }
    }

    /// Sends all of `bytes`.
    package func send(_ bytes: Bytes) throws {
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
    package func sendUrgent() throws {
        guard unsafe Glibc.send(descriptor, "!", 1, Int32(MSG_OOB)) == 1 else { throw SystemError(errno: errno) }
    }

    /// Returns what one `recv` returned: no bytes at the end of the stream.
    package func receiveOnce(upTo capacity: Int = 1 << 20) throws -> Bytes {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer { unsafe memory.deallocate() }
        let count = unsafe recv(descriptor, memory.baseAddress, capacity, 0)
        guard count >= 0 else { throw SystemError(errno: errno) }
        return unsafe Bytes(copying: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    }

    /// Receives exactly `count` bytes.
    ///
    /// - Throws: A `SystemError`, whose `errno` is 0 when the stream ended first.
    package func receive(count: Int) throws -> Bytes {
        var writer = ByteWriter(capacity: count)
        while writer.count < count {
            let bytes = try receiveOnce(upTo: min(count - writer.count, 1 << 20))
            guard !bytes.isEmpty else { throw SystemError(errno: 0) }
            writer.append(bytes)
        }
        return writer.takeBytes()
    }

    /// Receives everything up to the end of the stream.
    package func receiveAll() throws -> Bytes {
        var writer = ByteWriter()
        while true {
            let bytes = try receiveOnce()
            if bytes.isEmpty { return writer.takeBytes() }
            writer.append(bytes)
        }
    }

    /// Returns whether the other end closes without sending any more bytes.
    package func receivesEnd() throws -> Bool {
        try receiveOnce(upTo: 1).isEmpty
    }

    /// Shuts down the output; the other end may still send.
    package func endOutput() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    package func close() {
        guard isOpen else { return }
        isOpen = false
        _ = Glibc.close(descriptor)
    }

    /// Aborts the connection: the other end gets a reset.
    package func reset() {
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
        close()
    }
}

/// A listening socket on a free port of 127.0.0.1, independent of the transport.
package final class RawListener: Sendable {
    package let descriptor: Int32
    package let port: Int

    /// - Parameter backlog: The number of connections that may wait to be accepted. Without a value, the socket only
    ///   reserves its port, and refuses connections.
    package init(backlog: Int32?) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(descriptor, address, length) == 0 else { return Int32(-1) }
                if let backlog, listen(descriptor, backlog) != 0 { return Int32(-1) }
                return unsafe getsockname(descriptor, address, &length)
            }
        }
        guard status == 0 else { throw SystemError(errno: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        _ = Glibc.close(descriptor)
    }

    /// Waits for a connection.
    package func accept() throws -> RawPeer {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw SystemError(errno: errno) }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return RawPeer(descriptor: accepted)
    }
}

/// A system call that failed.
package struct SystemError: Error {
    package let errno: Int32

    package init(errno: Int32) {
        self.errno = errno
    }
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}
