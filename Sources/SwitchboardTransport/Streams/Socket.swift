internal import CLinux
internal import Glibc
internal import SwitchboardBytes

/// A connected, non-blocking socket.
///
/// The owner must close it once.
struct Socket {
    let descriptor: Int32

    /// Receives into the whole of `storage`.
    func receive(into storage: ByteStorage) -> ReceiveResult {
        let result = unsafe linux_receive(descriptor, storage.base, storage.capacity)
        return ReceiveResult(result)
    }

    /// Receives into `first`, and then into the whole of `storage`.
    @unsafe
    func receive(into first: UnsafeMutableRawBufferPointer, then storage: ByteStorage) -> ReceiveResult {
        let result = unsafe linux_receive_two(
            descriptor,
            first.baseAddress,
            first.count,
            storage.base,
            storage.capacity
        )
        return ReceiveResult(result)
    }

    /// Sends as many of `bytes`, which must not be empty, as the socket accepts.
    @unsafe
    func send(_ bytes: UnsafeRawBufferPointer) -> SendResult {
        SendResult(unsafe linux_send(descriptor, bytes.baseAddress, bytes.count), of: bytes.count)
    }

    /// Returns the pending error of the socket (`SO_ERROR`), and clears it; 0 for none.
    func takeError() -> Int32 {
        linux_take_error(descriptor)
    }

    /// Shuts down the output, which tells the peer that no more output follows.
    ///
    /// - Returns: Whether the socket was still connected.
    func shutDownOutput() -> Bool {
        linux_shutdown_output(descriptor) >= 0
    }

    func close() {
        linux_close(descriptor)
    }

    /// Closes with a reset, which tells the peer that it did not get all output.
    func closeWithReset() {
        linux_close_with_reset(descriptor)
    }
}

extension Socket {
    /// Creates a socket that begins to connect to `address`; it becomes writable when it is
    /// connected.
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

/// The result of a read.
enum ReceiveResult {
    /// The number of bytes received, 1 or more.
    case bytes(Int)
    /// The peer has ended its side.
    case end
    /// No input is available. An event will tell when input is available.
    case nothing
    /// The system has no memory for the socket. No event will tell when it has memory again.
    case noMemory
    /// The connection is broken.
    case broken(errno: Int32)
}

extension ReceiveResult {
    /// Converts the return value of a system call: a number of bytes, or a negated error number.
    init(_ result: Int) {
        self =
            switch result {
            case 1...: .bytes(result)
            case 0: .end
            case Int(-EAGAIN): .nothing
            case Int(-ENOBUFS), Int(-ENOMEM): .noMemory
            default: .broken(errno: Int32(truncatingIfNeeded: -result))
            }
    }
}

/// The result of a send: the number of bytes that the socket accepted, and why it did not accept
/// all.
struct SendResult {
    /// The reason why a socket did not accept all bytes.
    enum Obstacle {
        /// The buffer of the socket is full. An event will tell when it has room.
        case full
        /// The system has no memory for the socket. No event will tell when it has memory again.
        case noMemory
        /// The connection is broken.
        case broken(errno: Int32)
    }

    /// The number of bytes that the socket accepted.
    var byteCount: Int

    /// The reason why the socket did not accept all bytes; `nil` if it did.
    var obstacle: Obstacle?
}

extension SendResult {
    /// Converts the return value of a system call that offered `count` bytes.
    init(_ result: Int, of count: Int) {
        if result < 0 {
            self.init(byteCount: 0, obstacle: Obstacle(errno: Int32(-result)))
        } else {
            self.init(byteCount: result, obstacle: result < count ? .full : nil)
        }
    }
}

extension SendResult.Obstacle {
    init(errno: Int32) {
        switch errno {
        case EAGAIN: self = .full
        case ENOBUFS, ENOMEM: self = .noMemory
        default: self = .broken(errno: errno)
        }
    }
}
