import NIOCore

/// What the connections of the event loop share.
final class Connections {
    private static let initialCapacityBytes = 64 * 1024

    private var handlers: [ConnectionHandler] = []
    private var reader: ConnectionHandler?

    /// The replies to what the connection that is being read has sent.
    ///
    /// One buffer does for all: a channel's reads end with its `channelReadComplete` before another's begin. Once
    /// written its storage is used again, unless the socket did not take it all.
    var replies = ByteBufferAllocator().buffer(capacity: initialCapacityBytes)

    /// What the connection that is being read has to say to all others.
    var broadcasts = ByteBuffer()

    /// Makes `handler` the one to which ``replies`` and ``broadcasts`` belong.
    ///
    /// What another has left there is dropped: its reads ended with an error, after which there is no
    /// `channelReadComplete`.
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

    /// Sends the broadcasts to all but their sender: many frames, but one buffer, one write and one flush for each.
    func sendBroadcasts(from sender: ConnectionHandler) {
        let frames = broadcasts
        broadcasts = ByteBuffer()
        for handler in handlers where handler !== sender { handler.relay(frames) }
    }
}
