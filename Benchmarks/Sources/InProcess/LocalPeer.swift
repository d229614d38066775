import Glibc
package import Switchboard

/// A blocking Unix-domain socket.
package final class LocalPeer {
    private var descriptor: Int32

    /// A peer of the server that listens at `path`.
    package init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw BenchmarkFailure("no descriptors left") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw BenchmarkFailure("cannot connect") }
    }

    package func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Sends all of `bytes`, which are few.
    package func send(_ bytes: Bytes) throws {
        let sent = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
        guard sent == bytes.count else { throw BenchmarkFailure("the server has closed") }
    }

    /// Waits for `count` bytes.
    package func receive(count: Int) throws {
        var left = count
        try unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
            while left > 0 {
                let received = unsafe recv(descriptor, buffer.baseAddress, left, 0)
                guard received > 0 else { throw BenchmarkFailure("the server has closed") }
                left -= received
            }
        }
    }
}
