internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// What other threads do with the connections of an event loop: they send, broadcast and close.
///
/// The event loop performs these actions in a job, in the order in which they were added. It performs them earlier if a
/// handler on the event loop sends, broadcasts, closes or returns a reply: what has happened before comes first.
final class HandOver: Sendable {
    typealias Action = @Sendable () -> Void

    /// The largest number of bytes of frames that wait for the event loop.
    ///
    /// Otherwise, a handler that blocks the event loop would let other threads fill the memory.
    private static let maximumBytes = 64 * 1024 * 1024

    private struct Contents {
        var actions: [Action] = []
        var byteCount = 0
        /// The connections whose frames had no room.
        var cutOff: [ConnectionID: ServerConnection] = [:]
    }

    private let contents = Mutex(Contents())
    /// Tells the routes of the event loop whether actions wait.
    private let interruption: BatchInterruption

    init(_ interruption: BatchInterruption) {
        self.interruption = interruption
    }

    /// Whether no action waits.
    ///
    /// An action that was added before this call, in the order of all threads, is seen.
    @inline(__always)
    var isEmpty: Bool { !interruption.hasEarlierOutput }

    /// Adds an action; any thread may call this method.
    ///
    /// - Parameters:
    ///   - size: The number of bytes of the frame that the action sends to `connection`; 0 for any other action.
    ///   - connection: The connection that acts. When too many bytes wait, its peer would miss a message without notice, so
    ///     the event loop aborts the connection instead.
    ///   - action: The action, which calls no user code other than that which encodes a message.
    /// - Returns: Whether the event loop will perform the action; `false` when it will abort the connection instead.
    @discardableResult
    func add(_ size: Int = 0, of connection: ServerConnection, _ action: @escaping Action) -> Bool {
        contents.withLock { contents in
            guard contents.cutOff[connection.id] == nil else { return false }
            let isFirst = contents.actions.isEmpty
            if size == 0 || contents.byteCount == 0 || contents.byteCount <= Self.maximumBytes - size {
                contents.byteCount += size
                contents.actions.append(action)
            } else {
                contents.cutOff[connection.id] = connection
            }
            if isFirst {
                interruption.hasEarlierOutput = true
                // Under the lock: a job that another thread adds after its own action must not run first.
                connection.loop.execute { self.perform() }
            }
            return contents.cutOff[connection.id] == nil
        }
    }

    /// Performs all actions, on the event loop.
    func perform() {
        let (actions, cutOff) = contents.withLock { contents in
            interruption.hasEarlierOutput = false
            let taken = contents
            contents = Contents()
            return (taken.actions, taken.cutOff)
        }
        for action in actions { action() }
        for connection in cutOff.values { connection.stream.abort(.slowConsumer) }
    }
}
