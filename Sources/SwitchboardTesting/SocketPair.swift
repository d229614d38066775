internal import Glibc
internal import SwitchboardTransport

/// Two sockets that are connected to each other.
package enum SocketPair {
    /// The size of the buffer of a socket, in bytes: small, so that a test fills it quickly.
    private static let bufferBytes: Int32 = 64 * 1024

    /// The largest number of bytes to receive at once.
    private static let maximumRead = 64 * 1024

    /// The longest wait for a process that is being started, in milliseconds.
    private static let longestStart: Int32 = 1000

    /// The result of receiving.
    package enum Received {
        case bytes
        case nothing
        /// The other end has closed, or the connection has broken.
        case end
    }

    /// Makes a pair of connected sockets.
    ///
    /// - Throws: A ``TestError`` when the system has no descriptors left.
    package static func make() throws -> (inside: Int32, outside: Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw TestError(.nothingCame, "the system has no descriptors left")
        }
        for end in ends {
            var size = bufferBytes
            unsafe setsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        return (ends[0], ends[1])
    }

    /// Sends bytes over a socket.
    ///
    /// - Returns: The number of bytes that the socket accepted.
    package static func send(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        max(unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)), 0)
    }

    /// Appends the bytes that have arrived to `bytes`.
    package static func receive(from descriptor: Int32, into bytes: inout [UInt8]) -> Received {
        var (count, failure) = (0, Int32(0))
        bytes += unsafe [UInt8](unsafeUninitializedCapacity: maximumRead) { buffer, initializedCount in
            count = unsafe recv(descriptor, buffer.baseAddress, maximumRead, 0)
            failure = errno
            initializedCount = max(count, 0)
        }
        if count > 0 { return .bytes }
        return count < 0 && failure == EAGAIN ? .nothing : .end
    }

    static func endOutput(_ descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes one end.
    package static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// Closes `outside`, and returns when `inside` shows that; `inside` may be closed already.
    static func close(_ outside: Int32, seenBy inside: Int32) {
        let isConnected = events(of: outside, for: 0, within: 0) & POLLHUP == 0
        close(outside)
        // A process that is being started has copies of all descriptors until it runs its program.
        if isConnected { _ = events(of: inside, for: 0, within: longestStart) }
    }

    /// Closes `outside` so that `inside`, which may be closed already, sees a reset.
    ///
    /// The system sends a reset when the closed socket has unread bytes, so the method first sends one byte to it if it
    /// has none.
    static func reset(_ outside: Int32, seenBy inside: Int32) {
        if events(of: outside, for: POLLIN, within: 0) & (POLLIN | POLLHUP) == 0 { _ = send([0], to: inside) }
        close(outside, seenBy: inside)
    }

    /// Waits at most `milliseconds` for one of some events, or for the end of the connection; returns what there is.
    private static func events(of descriptor: Int32, for events: Int32, within milliseconds: Int32) -> Int32 {
        var state = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        _ = unsafe poll(&state, 1, milliseconds)
        return Int32(state.revents)
    }
}
