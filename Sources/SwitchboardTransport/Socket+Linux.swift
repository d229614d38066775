internal import CLinux
internal import SwitchboardBytes

/// A connected socket that does not block.
///
/// Whoever has it closes it, once.
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

    /// Tells the peer that nothing follows.
    ///
    /// Returns whether there still is a connection.
    func shutDownOutput() -> Bool {
        linux_shutdown_output(descriptor) >= 0
    }

    func close() {
        linux_close(descriptor)
    }

    /// Closes, and lets the peer know that it has not got all.
    func closeWithReset() {
        linux_close_with_reset(descriptor)
    }
}
