internal import SwitchboardWire
internal import Synchronization

/// A message that is not a reply.
struct ArrivedMessage: Sendable {
    let content: any Message
    /// What is needed to reply to it; `nil` if it is no request.
    var origin: RequestOrigin?
}

/// The header of a request of the server, and the connection that it came over.
final class RequestOrigin: Sendable {
    let header: HeaderBytes

    private struct Storage {
        // Weak, because the connection keeps unread messages alive.
        weak var connection: ClientConnection?
    }

    private let storage: Mutex<Storage>

    init(_ header: HeaderBytes, _ connection: ClientConnection) {
        self.header = header
        storage = Mutex(Storage(connection: connection))
    }

    /// The connection; `nil` when it is gone.
    var connection: ClientConnection? { storage.withLock { $0.connection } }
}

/// Passes each message that is not a reply to its handler or, if it has none, to ``Client/incoming``.
///
/// One task calls the handlers, one at a time, in the order in which their messages arrived.
final class MessageDispatcher: Sendable {
    typealias Handler = @Sendable (ArrivedMessage) async -> Void

    private struct Call: Sendable {
        let message: ArrivedMessage
        let handler: Handler
    }

    private struct State {
        var handlers: [MessageCode: Handler] = [:]
        /// The task that calls the handlers; `nil` as long as there is none.
        var task: Task<Void, Never>?
        /// Whether no message arrives any more.
        var hasEnded = false
        /// Whether no handler is called any more.
        var isCancelled = false
    }

    /// The messages without a handler.
    let unread: Unread<ArrivedMessage>

    /// The messages that wait for the calls of their handlers.
    private let calls: Unread<Call>
    private let events: Unread<ConnectionEvent>
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: The highest number of messages without a handler, and of those that wait for their handlers.
    ///   - byteLimit: The highest number of bytes of their payloads.
    ///   - events: Where the dispatcher reports that it begins to drop messages.
    init(limit: Int, byteLimit: Int, _ events: Unread<ConnectionEvent>) {
        unread = Unread(limit: limit, byteLimit: byteLimit)
        calls = Unread(limit: limit, byteLimit: byteLimit)
        self.events = events
    }

    /// The number of messages dropped because a limit was reached.
    var droppedCount: Int { unread.droppedCount + calls.droppedCount }

    /// Adds a message that has arrived.
    func add(_ message: ArrivedMessage, _ code: MessageCode, size: Int) {
        // The lock is held to the end. Otherwise a message could be added to the unread ones while its handler is registered.
        let beginsToDrop = state.withLock { state in
            guard let handler = state.handlers[code] else { return unread.add(message, size: size) }
            return calls.add(Call(message: message, handler: handler), size: size)
        }
        if beginsToDrop { events.add(.droppingMessages(total: droppedCount)) }
    }

    /// Registers the handler of the messages with `code`, in place of an earlier one.
    ///
    /// The unread messages with this code go to the handler, also if the connection has closed since they arrived.
    func register(_ code: MessageCode, _ handler: @escaping Handler) {
        // An object in the replaced closure may use the client when it is released, so not under the lock.
        let (replaced, beginsToDrop) = state.withLock { state -> (Handler?, Bool) in
            guard !state.isCancelled else { return (nil, false) }
            let unreadOfHandler = unread.take(where: { type(of: $0.content).code == code })
            guard !state.hasEnded else {
                if !unreadOfHandler.isEmpty {
                    state.task = Self.call(handler, with: unreadOfHandler.map(\.element), after: state.task)
                }
                return (nil, false)
            }
            let replaced = state.handlers.updateValue(handler, forKey: code)
            var beginsToDrop = false
            for (message, size) in unreadOfHandler {
                if calls.add(Call(message: message, handler: handler), size: size) { beginsToDrop = true }
            }
            // The task keeps the queue alive, not the dispatcher. The queue ends with the client.
            if state.task == nil {
                state.task = Task { [calls] in
                    while let call = try? await calls.next(isolation: nil) { await call.handler(call.message) }
                }
            }
            return (replaced, beginsToDrop)
        }
        withExtendedLifetime(replaced) {}
        if beginsToDrop { events.add(.droppingMessages(total: droppedCount)) }
    }

    /// Calls a handler with messages when the task of earlier calls has ended; the cancellation of the task ends both.
    private static func call(
        _ handler: @escaping Handler,
        with messages: [ArrivedMessage],
        after earlier: Task<Void, Never>?
    ) -> Task<Void, Never> {
        Task {
            await withTaskCancellationHandler {
                await earlier?.value
            } onCancel: {
                earlier?.cancel()
            }
            for message in messages where !Task.isCancelled { await handler(message) }
        }
    }

    /// Ends both queues, because no message arrives any more.
    ///
    /// - Parameter error: Why the connection has closed; `nil` if the user has closed the client. Then the messages that wait for
    ///   their handlers are dropped, and the task of the current handler is cancelled.
    func end(throwing error: ClientError?) {
        // The closures may keep the client alive. An object in one may use the client when it is released, so not under the lock.
        let handlers = state.withLock { state in
            unread.end(throwing: error)
            calls.end()
            state.hasEnded = true
            defer { state.handlers = [:] }
            return state.handlers
        }
        withExtendedLifetime(handlers) {}
        if error == nil { cancelCalls() }
    }

    /// Drops the messages that wait for their handlers, and cancels the task of the current handler.
    func cancelCalls() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
