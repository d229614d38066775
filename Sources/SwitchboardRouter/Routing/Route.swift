internal import Synchronization

/// Handles the messages of one type: decodes them, calls the handler, encodes the replies and counts.
///
/// Each registered handler has a route. All code of a route is inlinable, so that the module that registers a handler
/// compiles the message cycle for that handler.
@usableFromInline
package final class Route: Sendable {
    /// Handles a batch with a handler without `async`; returns `false` if the handler turns out to be `async`.
    @usableFromInline
    typealias Handle =
        @Sendable (inout FrameBatch, inout ByteReader, any Connection, OutputBuffer) throws(RouteFailure) -> Bool

    /// Handles the batch of a read burst, up to the first message whose handler is suspended.
    ///
    /// It returns the frame of the reply to that message, or no bytes if there is no reply to send.
    @usableFromInline
    typealias Respond =
        @Sendable (ReadBurst, Context, any ReadBurstReceiver) async throws(RouteFailure) -> Bytes

    /// The code of the message.
    package let code: MessageCode

    /// The largest payload that the message may have, in bytes.
    package let maximumPayload: Int

    /// The requirement of the message: whether the peer must be authenticated.
    package let requirement: Requirement

    // The first call shows whether the handler is async. The result is the same on every event loop.
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

    /// Whether ``respond(in:context:receiver:)`` must handle the messages.
    package var isAsync: Bool {
        needsTask.load(ordering: .relaxed)
    }

    /// Handles a batch on the event loop, and writes the replies.
    ///
    /// The batch ends when the output has no room. It also ends with a message that fails.
    ///
    /// - Parameters:
    ///   - batch: The messages. The route counts the handled messages in it.
    ///   - input: A reader at the first frame of the batch. The route moves it past the last handled frame.
    ///   - connection: The connection that the messages came from.
    ///   - output: The buffer for the replies.
    /// - Returns: Whether the batch was handled. If not, the handler is `async`: ``isAsync`` is true from now on, and
    ///   `input` is at the last frame that was found of the batch.
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

    /// Handles a batch in a task, up to the first message whose handler is suspended, and waits for that handler.
    ///
    /// The batch also ends as in ``handle(_:in:from:output:)``.
    ///
    /// - Parameters:
    ///   - burst: The read burst with the batch. Its input is at the last frame that was found of the batch.
    ///   - context: The context of the handlers, without the header fields of the single message.
    ///   - receiver: The connection, which knows whether a handler was suspended.
    /// - Returns: The frame of the reply to the message whose handler was suspended; no bytes when the message has no
    ///   reply, or when no handler was suspended.
    @inlinable @inline(__always)
    package func respond(
        in burst: ReadBurst,
        context: Context,
        receiver: any ReadBurstReceiver
    ) async throws(RouteFailure) -> Bytes {
        try await respond(burst, context, receiver)
    }
}

/// The routes of a table by code; to find and use a route counts no reference.
///
/// The table that made the index owns the routes and the memory of the index. Both stay unchanged as long as the table
/// lives.
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

    /// Calls `body` with the route of the messages with `code`; returns `false` if there is no route.
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
/// For each case, the server sends another error to the peer.
@usableFromInline
package enum RouteFailure: Error {
    /// No handler is registered for the message; `name` is `nil` when the protocol has no such message either.
    case unhandled(name: String?)
    /// The payload does not fit the message's layout.
    case malformed(PayloadError)
    /// The handler, or middleware around it, threw an error.
    case handler(any Error)
    /// A value of the reply does not fit its layout.
    case unencodableReply(PayloadError)
}
