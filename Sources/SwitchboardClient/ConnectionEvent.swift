public import SwitchboardTransport

/// What happens to the connection of a client.
public enum ConnectionEvent: Sendable {
    /// It stands, and ``ClientConfiguration/onConnect`` is done.
    case connected(SocketAddress)

    /// It has broken, or could not be made, for this reason.
    ///
    /// The next attempt is made after `retryingIn`; without it there is none, and the client is closed.
    case disconnected(any Error, retryingIn: Duration?)

    /// Messages of ``Client/incoming`` begin to be dropped, because more come than are read; `total` is the number of all that
    /// were dropped since the client was made.
    ///
    /// It comes once each time that the reader falls behind; ``IncomingMessages/droppedCount`` goes on counting.
    case droppingMessages(total: Int)
}

/// The events of a client's connection, as they come.
public struct ConnectionEvents: AsyncSequence, Sendable {
    let unread: Unread<ConnectionEvent>

    /// Reads the events, one after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let unread: Unread<ConnectionEvent>

        /// The next event, or `nil` when the client is closed or the task is cancelled.
        public mutating func next() async -> ConnectionEvent? {
            (try? await unread.next(isolation: #isolation)) ?? nil
        }

        /// The next event, or `nil` when the client is closed or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> ConnectionEvent? {
            (try? await unread.next(isolation: actor)) ?? nil
        }
    }

    /// A reader.
    ///
    /// Two readers share the events between them.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(unread: unread)
    }
}
