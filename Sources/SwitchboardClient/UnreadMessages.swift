internal import SwitchboardWire
internal import Synchronization

/// The messages that came unasked and that nobody has read yet, up to limits: the newest are kept.
final class UnreadMessages: Sendable {
    private struct Message {
        let message: any SwitchboardWire.Message
        let payloadSize: Int
    }

    private let limit: Int
    private let byteLimit: Int
    private let messages = Mutex<(list: ArraySlice<Message>, byteCount: Int)>(([], 0))
    /// Has an element when there may be messages, and ends when no more come.
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// None yet.
    ///
    /// - Parameters:
    ///   - limit: How many are kept.
    ///   - byteLimit: How many bytes the payloads of those have together, if there are several.
    init(limit: Int, byteLimit: Int) {
        self.limit = limit
        self.byteLimit = byteLimit
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Keeps a message, instead of the oldest when there are too many.
    func add(_ message: any SwitchboardWire.Message, payloadSize: Int) {
        messages.withLock { messages in
            messages.list.append(Message(message: message, payloadSize: payloadSize))
            messages.byteCount += payloadSize
            while messages.list.count > limit || messages.byteCount > byteLimit && messages.list.count > 1 {
                if let oldest = messages.list.popFirst() { messages.byteCount -= oldest.payloadSize }
            }
        }
        signal.yield()
    }

    /// No more come.
    func end() { signal.finish() }

    /// The oldest, as soon as there is one; `nil` when no more come, or the task is cancelled.
    func next(isolation actor: isolated (any Actor)?) async -> (any SwitchboardWire.Message)? {
        var iterator = signals.makeAsyncIterator()
        while true {
            if let message = takeFirst() { return message }
            guard await iterator.next(isolation: actor) != nil else { return takeFirst() }
        }
    }

    private func takeFirst() -> (any SwitchboardWire.Message)? {
        let (first, hasMore) = messages.withLock { messages in
            let first = messages.list.popFirst()
            messages.byteCount -= first?.payloadSize ?? 0
            return (first, !messages.list.isEmpty)
        }
        // Whoever else waits may have been told of fewer messages than there are.
        if hasMore { signal.yield() }
        return first?.message
    }
}
