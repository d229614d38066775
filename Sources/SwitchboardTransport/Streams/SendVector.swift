internal import CLinux

/// Pieces of memory that one system call sends.
///
/// They must stay where they are until it is done.
@safe
final class SendVector {
    /// The most pieces that it holds.
    private static let capacity = 64

    private let pieces: UnsafeMutablePointer<iovec>
    private var count = 0

    /// The number of bytes in its pieces.
    private(set) var byteCount = 0

    init() {
        unsafe pieces = .allocate(capacity: Self.capacity)
    }

    deinit {
        unsafe pieces.deallocate()
    }

    func removeAll() {
        count = 0
        byteCount = 0
    }

    /// Adds a piece, if there is room for one more.
    @unsafe
    func append(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard count < Self.capacity else { return false }
        let base = unsafe UnsafeMutableRawPointer(mutating: piece.baseAddress)
        unsafe (pieces + count).initialize(to: iovec(iov_base: base, iov_len: piece.count))
        count += 1
        byteCount += piece.count
        return true
    }

    /// Sends the pieces, in order.
    func send(to socket: Socket) -> SendResult {
        if count == 1 {
            return unsafe socket.send(UnsafeRawBufferPointer(start: pieces.pointee.iov_base, count: byteCount))
        }
        return SendResult(unsafe linux_send_vector(socket.descriptor, pieces, count), of: byteCount)
    }
}
