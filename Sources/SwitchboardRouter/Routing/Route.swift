internal import Synchronization

/// The way of one type of message: decoded, handled, its reply encoded.
///
/// There is one for each handler. All that makes it is inlinable: the module that registers a handler compiles the way of
/// its messages for that very handler.
@usableFromInline
package final class Route: Sendable {
    /// Handles a message at once and writes its reply, if there is one; returns whether it was handled.
    @usableFromInline
    typealias Handle =
        @Sendable (inout ByteReader, Context, OutputBuffer) throws(RouteFailure) -> Bool

    /// Handles a message, waiting as long as the handler does; returns the reply's frame, or no bytes when there is
    /// nothing left to send.
    @usableFromInline
    typealias Respond = @Sendable (Bytes, Context, any ReplyOutput) async throws(RouteFailure) -> Bytes

    /// The code of the message.
    package let code: MessageCode

    /// The largest payload that the message may have, in bytes.
    package let maximumPayload: Int

    /// What a peer must have done before its messages are handled.
    package let requirement: Requirement

    // Whether a handler waits shows when it is first called. All loops come to the same answer.
    private let awaits: Atomic<Bool>
    @usableFromInline let handle: Handle
    @usableFromInline let respond: Respond

    @usableFromInline
    init(_ message: any Message.Type, awaits: Bool, handle: @escaping Handle, respond: @escaping Respond) {
        code = message.code
        maximumPayload = message.maximumPayload ?? .max
        requirement = message.requirement
        self.awaits = Atomic(awaits)
        self.handle = handle
        self.respond = respond
    }

    /// Whether messages must be handed to ``respond(to:context:)``.
    package var isAsync: Bool {
        awaits.load(ordering: .relaxed)
    }

    /// Handles a message at once and writes its reply, if there is one.
    ///
    /// - Returns: Whether it was handled. If not, the handler waits: ``isAsync`` is true from now on, and `payload`
    ///   stands where it stood.
    @inlinable @inline(__always)
    package func handle(
        _ payload: inout ByteReader,
        context: Context,
        output: OutputBuffer
    ) throws(RouteFailure) -> Bool {
        let start = payload.mark
        if try handle(&payload, context, output) { return true }
        noteThatItAwaits()
        payload.rewind(to: start)
        return false
    }

    @usableFromInline @inline(never)
    func noteThatItAwaits() {
        awaits.store(true, ordering: .relaxed)
    }

    /// Handles a message, waiting as long as the handler does.
    ///
    /// - Returns: The reply's frame; no bytes when there is none, or when it was written to the open output.
    @inlinable @inline(__always)
    package func respond(
        to payload: Bytes,
        context: Context,
        output: any ReplyOutput
    ) async throws(RouteFailure) -> Bytes {
        try await respond(payload, context, output)
    }
}

extension Message {
    /// Decodes a whole payload.
    @inlinable
    static func decode(_ payload: inout ByteReader) throws(RouteFailure) -> Self {
        do throws(PayloadError) {
            return try Self(payload: &payload)
        } catch {
            throw .malformed(error)
        }
    }
}
