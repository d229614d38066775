internal import CLinux
internal import Glibc
internal import SwitchboardBytes

/// A connected socket that does not block.
///
/// Its owner closes it, once.
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

    /// Sends as much of `bytes`, at least one, as there is room for.
    @unsafe
    func send(_ bytes: UnsafeRawBufferPointer) -> SendResult {
        SendResult(unsafe linux_send(descriptor, bytes.baseAddress, bytes.count), of: bytes.count)
    }

    /// The error that has broken the connection, or 0.
    func takeError() -> Int32 {
        linux_take_error(descriptor)
    }

    /// Tells the peer that no output follows.
    ///
    /// - Returns: Whether there still is a connection.
    func shutDownOutput() -> Bool {
        linux_shutdown_output(descriptor) >= 0
    }

    func close() {
        linux_close(descriptor)
    }

    /// Closes with a reset, which tells the peer that output is missing.
    func closeWithReset() {
        linux_close_with_reset(descriptor)
    }
}

extension Socket {
    /// A socket that connects to `address`: it becomes writable once it is connected.
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
    /// The peer will send no more.
    case end
    /// Nothing has arrived. An event will tell when something has.
    case nothing
    /// The system has no memory to spare. No event will tell when it has.
    case noMemory
    /// The connection is broken.
    case broken(errno: Int32)
}

extension ReceiveResult {
    /// The result that a system call has returned: a number of bytes, or a negated error number.
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

/// The result of a send: how many bytes the socket took, and why it did not take all.
struct SendResult {
    /// Why a socket did not take all.
    enum Obstacle {
        /// The socket's buffer is full. An event will tell when there is room.
        case full
        /// The system has no memory to spare. No event will tell when it has.
        case noMemory
        /// The connection is broken.
        case broken(errno: Int32)
    }

    /// The number of bytes that the socket took.
    var byteCount: Int

    /// Why the socket did not take all; `nil` when it did.
    var obstacle: Obstacle?
}

extension SendResult {
    /// The result that a system call has returned, which offered `count` bytes.
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
