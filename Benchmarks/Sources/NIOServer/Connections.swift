import NIOCore

/// The connections of the event loop, and the buffers that they share.
final class Connections {
    private static let initialCapacityBytes = 64 * 1024

    private var handlers: [ConnectionHandler] = []
    private var reader: ConnectionHandler?

    /// The replies to the connection that is being read.
    ///
    /// One buffer is enough for all connections, because the reads of a channel end with `channelReadComplete`
    /// before the reads of another one begin. The storage is reused, unless the socket did not accept all of it.
    var replies = ByteBufferAllocator().buffer(capacity: initialCapacityBytes)

    /// The broadcasts of the connection that is being read.
    var broadcasts = ByteBuffer()

    /// Begins a read of `handler`, to which ``replies`` and ``broadcasts`` then belong.
    ///
    /// Bytes that another connection has left in the buffers are dropped: its read ended with an error, after which
    /// `channelReadComplete` is not called.
    @inline(__always)
    func beginRead(_ handler: ConnectionHandler) {
        guard reader !== handler else { return }
        replies.clear()
        broadcasts = ByteBuffer()
        reader = handler
    }

    func endRead() {
        reader = nil
    }

    func add(_ handler: ConnectionHandler) {
        handler.index = handlers.count
        handlers.append(handler)
    }

    func remove(_ handler: ConnectionHandler) {
        let last = handlers.removeLast()
        guard last !== handler else { return }
        handlers[handler.index] = last
        last.index = handler.index
    }

    /// Sends the broadcasts to all connections except the sender, with one buffer, one write and one flush for each
    /// connection.
    func sendBroadcasts(from sender: ConnectionHandler) {
        let frames = broadcasts
        broadcasts = ByteBuffer()
        for handler in handlers where handler !== sender { handler.relay(frames) }
    }
}
