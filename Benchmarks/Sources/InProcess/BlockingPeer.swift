import Glibc
package import Switchboard

/// A blocking socket that checks every byte.
///
/// When it is connected, it allocates no memory and counts no references.
@safe
package final class BlockingPeer {
    private let descriptor: Int32
    private let room: UnsafeMutableRawBufferPointer

    /// A peer of the server on a port of the loopback address.
    package init(port: UInt16) throws {
        unsafe room = .allocate(byteCount: 1 << 20, alignment: 16)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw BenchmarkFailure("cannot connect") }
        var on: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit {
        close(descriptor)
        unsafe room.deallocate()
    }

    /// Sends all of `bytes`.
    package func send(_ bytes: borrowing Bytes) throws {
        var offset = 0
        while offset < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor, bytes.baseAddress.map { unsafe $0 + offset }, bytes.count - offset, 0)
            }
            guard sent > 0 else { throw BenchmarkFailure("the server has closed") }
            offset += sent
        }
    }

    /// Receives bytes, which must be equal to `bytes`.
    package func expect(_ bytes: borrowing Bytes) throws {
        var offset = 0
        while offset < bytes.count {
            let size = unsafe min(bytes.count - offset, room.count)
            let received = unsafe recv(descriptor, room.baseAddress, size, 0)
            guard received > 0 else { throw BenchmarkFailure("the server has closed") }
            let isRight = unsafe bytes.withUnsafeBytes { bytes in
                guard let expected = bytes.baseAddress, let actual = unsafe room.baseAddress else { return false }
                return unsafe memcmp(expected + offset, actual, received) == 0
            }
            guard isRight else { throw BenchmarkFailure("the server sent something else than it should") }
            offset += received
        }
    }
}
