public import SwitchboardWire

/// The messages that a server sends without being asked, as they come.
///
/// The client keeps the newest ``ClientConfiguration/incomingLimit`` messages until somebody reads them. It drops older ones:
/// ``droppedCount`` says how many, and ``Client/events`` says when that begins.
public struct IncomingMessages: AsyncSequence, Sendable {
    /// The message.
    public typealias Element = any Message

    /// Why no more messages come.
    public typealias Failure = ClientError

    let unread: Unread<any Message>

    /// The number of messages that were dropped because nobody read them in time, since the client was made.
    public var droppedCount: Int { unread.droppedCount }

    /// Reads the messages, one after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let unread: Unread<any Message>

        /// The next message, or `nil` when ``Client/close()`` was called or the task is cancelled.
        ///
        /// - Throws: A ``ClientError`` when the connection has closed otherwise, and no other follows, as soon as all
        ///   messages that came before are read.
        public mutating func next() async throws(ClientError) -> (any Message)? {
            try await unread.next(isolation: #isolation)
        }

        /// The next message, or `nil` when ``Client/close()`` was called or the task is cancelled.
        ///
        /// - Throws: A ``ClientError`` when the connection has closed otherwise, and no other follows, as soon as all
        ///   messages that came before are read.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> (any Message)? {
            try await unread.next(isolation: actor)
        }
    }

    /// A reader.
    ///
    /// Two readers share the messages between them.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(unread: unread)
    }
}
