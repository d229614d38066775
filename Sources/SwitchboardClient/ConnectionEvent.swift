public import SwitchboardTransport

/// An event of a client's connection.
public enum ConnectionEvent: Sendable {
    /// The client is connected, and ``ClientConfiguration/onConnect`` has returned.
    case connected(SocketAddress)

    /// The connection has broken, or an attempt to connect has failed, with this error.
    ///
    /// The client makes the next attempt after `retryingIn`. When that is `nil`, the client is closed.
    case disconnected(any Error, retryingIn: Duration?)

    /// The client begins to drop messages of ``Client/incoming`` or of handlers, because more arrive than are read or handled.
    ///
    /// `total` is the number of messages dropped since the client was made. The event comes once each time that the
    /// reader or the handlers fall behind; ``IncomingMessages/droppedCount`` counts every message.
    case droppingMessages(total: Int)
}

/// The events of a client's connection, in order.
public struct ConnectionEvents: AsyncSequence, Sendable {
    let unread: Unread<ConnectionEvent>

    /// An iterator over the events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let unread: Unread<ConnectionEvent>

        /// Returns the next event; `nil` when the client is closed or the task is cancelled.
        public mutating func next() async -> ConnectionEvent? {
            (try? await unread.next(isolation: #isolation)) ?? nil
        }

        /// Returns the next event; `nil` when the client is closed or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> ConnectionEvent? {
            (try? await unread.next(isolation: actor)) ?? nil
        }
    }

    /// Makes an iterator.
    ///
    /// Several iterators share the events: each event is delivered once.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(unread: unread)
    }
}
