public import SwitchboardTransport

/// What happens to the connection of a client.
public enum ConnectionEvent: Sendable {
    /// It stands, and ``ClientConfiguration/onConnect`` is done.
    case connected(SocketAddress)

    /// It has broken, or could not be made, for this reason.
    ///
    /// The next attempt is made after `retryingIn`; without it there is none, and the client is closed.
    case disconnected(any Error, retryingIn: Duration?)
}

/// The events of a client's connection, as they come.
public struct ConnectionEvents: AsyncSequence, Sendable {
    let unread: Unread<ConnectionEvent>

    /// Reads the events, one after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let unread: Unread<ConnectionEvent>

        /// The next event, or `nil` when the client is closed or the task is cancelled.
        public mutating func next() async -> ConnectionEvent? {
            await unread.next(isolation: #isolation)
        }

        /// The next event, or `nil` when the client is closed or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> ConnectionEvent? {
            await unread.next(isolation: actor)
        }
    }

    /// A reader.
    ///
    /// Two readers share the events between them.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(unread: unread)
    }
}
