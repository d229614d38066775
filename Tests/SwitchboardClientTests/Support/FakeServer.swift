import Dispatch
import Glibc
import NET001
import Switchboard

/// A server that does what a test says, byte by byte: what no real server would do.
final class FakeServer: Sendable {
    let port: Int
    private let listener: Int32
    private let queue = DispatchQueue(label: "fake server")

    /// - Parameter listens: Whether it can be reached; otherwise it only keeps its port from others.
    init(listens: Bool = true) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, size) == 0 && (!listens || listen(listener, 8) == 0)
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        guard result else { throw Failure() }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(listener)
    }

    struct Failure: Error {}

    /// Accepts one connection, and does `script` with it on a thread of its own; then closes it.
    func accept(_ script: @escaping @Sendable (Peer) throws -> Void) {
        // The listener must not be closed, and its number taken by another socket, before it has accepted.
        queue.async { [self] in
            let peer = Peer(descriptor: Glibc.accept(listener, nil, nil))
            try? script(peer)
            close(peer.descriptor)
        }
    }

    /// The client, seen from the server.
    struct Peer {
        fileprivate let descriptor: Int32

        /// Exactly `count` bytes.
        func receive(_ count: Int) throws -> Bytes {
            var buffer = [UInt8](repeating: 0, count: count)
            let received = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_WAITALL))
            }
            guard received == count else { throw Failure() }
            return Bytes(buffer)
        }

        func send(_ bytes: Bytes) {
            _ = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        }

        func send(_ message: some Message) throws {
            send(try FrameEncoder(NET001.frameFormat).encode(message))
        }

        /// Sends nothing more; what the client sends can still be received.
        func endOutput() {
            shutdown(descriptor, Int32(SHUT_WR))
        }

        /// How many bytes come until the client closes.
        func countToEnd() -> Int {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            var total = 0
            while true {
                let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return total }
                total += count
            }
        }

        /// Waits until the client closes.
        func waitForEnd() {
            var byte: UInt8 = 0
            while unsafe recv(descriptor, &byte, 1, 0) > 0 {}
        }
    }
}
