internal import Synchronization

/// The way of one type of message: decoded, handled, its reply encoded.
///
/// There is one for each handler. All that makes it is inlinable: the module that registers a handler compiles the way of
/// its messages for that very handler.
@usableFromInline
package final class Route: Sendable {
    /// Handles a run of messages at once and writes their replies, if they have some; returns whether that was done.
    @usableFromInline
    typealias Handle =
        @Sendable (inout FrameRun, inout ByteReader, Context, OutputBuffer) throws(RouteFailure) -> Bool

    /// Handles the run of messages of a burst until a handler waits, and that one as long as it does; returns the frame of
    /// its reply, or no bytes when there is nothing left to send.
    @usableFromInline
    typealias Respond = @Sendable (AnsweredBurst, Context, any BurstReceiver) async throws(RouteFailure) -> Bytes

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

    /// Whether messages must be handed to ``respond(in:context:receiver:)``.
    package var isAsync: Bool {
        awaits.load(ordering: .relaxed)
    }

    /// Handles the messages of a run at once, one after the other, and writes their replies, if they have some.
    ///
    /// It ends when the output has no room or is interrupted, or a message fails: that one is the last of the run.
    ///
    /// - Parameters:
    ///   - run: The messages; what was handled of it is counted there.
    ///   - input: Stands at the run's first frame, and is moved past the last that was handled.
    ///   - context: What handlers get.
    ///   - output: Where to write the replies.
    /// - Returns: Whether it was done. If not, the handler waits: ``isAsync`` is true from now on, and `input` stands at the
    ///   run's last frame.
    @inlinable @inline(__always)
    package func handle(
        _ run: inout FrameRun,
        in input: inout ByteReader,
        context: Context,
        output: OutputBuffer
    ) throws(RouteFailure) -> Bool {
        if try handle(&run, &input, context, output) { return true }
        noteThatItAwaits()
        run.rewind(&input)
        return false
    }

    @usableFromInline @inline(never)
    func noteThatItAwaits() {
        awaits.store(true, ordering: .relaxed)
    }

    /// Handles the messages of a run, one after the other, until a handler waits, and that one as long as it does.
    ///
    /// It ends as ``handle(_:in:context:output:)`` does, too.
    ///
    /// - Parameters:
    ///   - burst: Has the run, and stands at its last frame.
    ///   - context: What handlers get.
    ///   - receiver: Knows whether the burst's output is open.
    /// - Returns: The frame of the reply to the message that was waited for; no bytes when there is none, or when no handler
    ///   has waited.
    @inlinable @inline(__always)
    package func respond(
        in burst: AnsweredBurst,
        context: Context,
        receiver: any BurstReceiver
    ) async throws(RouteFailure) -> Bytes {
        try await respond(burst, context, receiver)
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

/// Why a message was not handled.
///
/// Each is another answer to the peer.
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
