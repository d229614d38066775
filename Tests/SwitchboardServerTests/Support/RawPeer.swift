import Dispatch
import Glibc
import Switchboard

/// A client that knows nothing of frames: a blocking socket, on a thread of its own.
struct RawPeer: Sendable {
    struct SocketError: Error {
        let errno: Int32
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "raw peer")

    init(port: Int) async throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SocketError(errno: errno) }
    }

    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    func send(_ bytes: Bytes) async throws {
        try await onQueue {
            var rest = bytes
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw SocketError(errno: errno) }
                rest = rest[count..<rest.count]
            }
        }
    }

    /// Exactly `count` bytes.
    func receive(count: Int) async throws -> Bytes {
        try await onQueue {
            var buffer = [UInt8](repeating: 0, count: count)
            let received = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_WAITALL))
            }
            guard received == count else { throw SocketError(errno: errno) }
            return Bytes(buffer)
        }
    }

    /// Whether the server sends nothing more and closes.
    func receivesEnd() async throws -> Bool {
        try await onQueue {
            var byte: UInt8 = 0
            return unsafe recv(descriptor, &byte, 1, 0) == 0
        }
    }

    /// Tells the server that nothing follows; it may still send.
    func endOutput() async {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() async {
        _ = Glibc.close(descriptor)
    }

    /// Breaks the connection off: the server gets a reset.
    func reset() async {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        _ = Glibc.close(descriptor)
    }
}

func + (left: Bytes, right: Bytes) -> Bytes {
    Bytes(Array(left) + Array(right))
}
