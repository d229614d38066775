internal import Synchronization

/// What happens to the messages of one type: decode, call the handler, encode the reply, count.
///
/// Each registered handler has a route. All that makes a route is inlinable: the module that registers a handler compiles the
/// message cycle for that very handler.
@usableFromInline
package final class Route: Sendable {
    /// Handles a batch with a handler that is not `async`; returns false when the handler turns out to be.
    @usableFromInline
    typealias Handle =
        @Sendable (inout FrameBatch, inout ByteReader, any Connection, OutputBuffer) throws(RouteFailure) -> Bool

    /// Handles the batch of a read burst, up to the first message whose handler is suspended.
    ///
    /// Returns the frame of the reply to that message, or no bytes when there is nothing left to send.
    @usableFromInline
    typealias Respond =
        @Sendable (ReadBurst, Context, any ReadBurstReceiver) async throws(RouteFailure) -> Bytes

    /// The code of the message.
    package let code: MessageCode

    /// The largest payload that the message may have, in bytes.
    package let maximumPayload: Int

    /// What a peer must have done before its messages are handled.
    package let requirement: Requirement

    // The first call shows whether a handler is async. All event loops come to the same answer.
    private let needsTask: Atomic<Bool>
    @usableFromInline let handle: Handle
    @usableFromInline let respond: Respond

    @usableFromInline
    init(_ message: any Message.Type, isAsync: Bool, handle: @escaping Handle, respond: @escaping Respond) {
        code = message.code
        maximumPayload = message.maximumPayload ?? .max
        requirement = message.requirement
        needsTask = Atomic(isAsync)
        self.handle = handle
        self.respond = respond
    }

    /// Whether messages must be handed to ``respond(in:context:receiver:)``.
    package var isAsync: Bool {
        needsTask.load(ordering: .relaxed)
    }

    /// Handles a batch on the event loop, and writes the replies.
    ///
    /// The batch ends when the output has no room, or a message fails: that message is the last of the batch.
    ///
    /// - Parameters:
    ///   - batch: The messages. The route counts in it what it has handled.
    ///   - input: Stands at the first frame of the batch, and is moved past the last frame that was handled.
    ///   - connection: The connection that the messages came from.
    ///   - output: Where to write the replies.
    /// - Returns: Whether the batch was handled. If not, the handler is `async`: ``isAsync`` is true from now on, and `input`
    ///   stands at the last frame that was found of the batch.
    @inlinable @inline(__always)
    package func handle(
        _ batch: inout FrameBatch,
        in input: inout ByteReader,
        from connection: any Connection,
        output: OutputBuffer
    ) throws(RouteFailure) -> Bool {
        if try handle(&batch, &input, connection, output) { return true }
        noteThatHandlerIsAsync()
        batch.rewind(&input)
        return false
    }

    @usableFromInline @inline(never)
    func noteThatHandlerIsAsync() {
        needsTask.store(true, ordering: .relaxed)
    }

    /// Handles a batch in a task, until a handler is suspended, and waits for that handler.
    ///
    /// The batch also ends as that of ``handle(_:in:from:output:)`` does.
    ///
    /// - Parameters:
    ///   - burst: Has the batch, and stands at the last frame that was found of it.
    ///   - context: What handlers get, except for the header fields that each message has for itself.
    ///   - receiver: Tells whether a handler was suspended.
    /// - Returns: The frame of the reply to the message whose handler was suspended; no bytes when the message has no reply, or
    ///   when no handler was suspended.
    @inlinable @inline(__always)
    package func respond(
        in burst: ReadBurst,
        context: Context,
        receiver: any ReadBurstReceiver
    ) async throws(RouteFailure) -> Bytes {
        try await respond(burst, context, receiver)
    }
}

/// The routes of a table by code, borrowed: finding a route counts no reference.
///
/// The table that made the index owns the routes and the memory of the index. Neither changes while the table lives.
@safe @usableFromInline
package struct RouteIndex: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutablePointer<Unmanaged<Route>?>
    /// One more than the highest code.
    @usableFromInline let count: Int

    init(_ routes: [MessageCode: Route]) {
        count = Int(routes.keys.max() ?? 0) + 1
        unsafe base = .allocate(capacity: count)
        unsafe base.initialize(repeating: nil, count: count)
        for (code, route) in routes { unsafe base[Int(code)] = Unmanaged.passUnretained(route) }
    }

    func deallocate() {
        unsafe base.deallocate()
    }

    /// Calls `body` with the route of the messages with `code`; returns whether there is one.
    @inlinable @inline(__always)
    package func withRoute(
        for code: MessageCode,
        _ body: (Route) throws(RouteFailure) -> Void
    ) throws(RouteFailure) -> Bool {
        guard Int(code) < count, let route = unsafe base[Int(code)] else { return false }
        var failure: RouteFailure?
        unsafe route._withUnsafeGuaranteedRef { route in
            do throws(RouteFailure) { try body(route) } catch { failure = error }
        }
        if let failure { throw failure }
        return true
    }
}

/// Why a message was not handled.
///
/// Each case is another answer to the peer.
@usableFromInline
package enum RouteFailure: Error {
    /// No handler is registered for the message; `name` is `nil` when the protocol has no such message either.
    case unhandled(name: String?)
    /// The payload does not fit the message's layout.
    case malformed(PayloadError)
    /// The handler, or middleware around it, threw.
    case handler(any Error)
    /// The reply's values do not fit its layout.
    case unencodableReply(PayloadError)
}
