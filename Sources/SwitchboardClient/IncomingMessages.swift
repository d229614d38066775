public import SwitchboardWire

/// The messages from a server that are not replies, in the order of their arrival.
///
/// The client keeps the newest ``ClientConfiguration/incomingLimit`` unread messages and drops older ones.
/// ``droppedCount`` counts the dropped messages, and ``Client/events`` reports when the client begins to drop. Messages with a handler of
/// `Client.on(_:_:)` are not in the sequence.
public struct IncomingMessages: AsyncSequence, Sendable {
    /// A message.
    public typealias Element = any Message

    /// The error that ends the sequence.
    public typealias Failure = ClientError

    let unread: Unread<ArrivedMessage>
    let dispatcher: MessageDispatcher

    /// The number of messages that the client has dropped since it was made, including those with a handler.
    public var droppedCount: Int { dispatcher.droppedCount }

    /// An iterator over the messages.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let unread: Unread<ArrivedMessage>

        /// Returns the next message; `nil` when ``Client/close()`` was called or the task is cancelled.
        ///
        /// - Throws: A ``ClientError`` when the connection has closed for another reason and the client does not
        ///   reconnect. The messages that arrived before are returned first.
        public mutating func next() async throws(ClientError) -> (any Message)? {
            try await unread.next(isolation: #isolation)?.content
        }

        /// Returns the next message; `nil` when ``Client/close()`` was called or the task is cancelled.
        ///
        /// - Throws: A ``ClientError`` when the connection has closed for another reason and the client does not
        ///   reconnect. The messages that arrived before are returned first.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> (any Message)? {
            try await unread.next(isolation: actor)?.content
        }
    }

    /// Makes an iterator.
    ///
    /// Several iterators share the messages: each message is delivered once.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(unread: unread)
    }
}
