public import SwitchboardWire

/// The messages that a server sends without being asked, as they come.
public struct IncomingMessages: AsyncSequence, Sendable {
    let unread: Unread<any Message>

    /// Reads the messages, one after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let unread: Unread<any Message>

        /// The next message, or `nil` when the connection has closed or the task is cancelled.
        public mutating func next() async -> (any Message)? {
            await unread.next(isolation: #isolation)
        }

        /// The next message, or `nil` when the connection has closed or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> (any Message)? {
            await unread.next(isolation: actor)
        }
    }

    /// A reader.
    ///
    /// Two readers share the messages between them.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(unread: unread)
    }
}
