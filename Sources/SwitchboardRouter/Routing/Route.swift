internal import Synchronization

/// The way of one type of message: decoded, handled, its reply encoded.
///
/// One for each handler.
package class Route: @unchecked Sendable {
    /// The code of the message.
    package let code: MessageCode

    /// The largest payload that the message may have, in bytes.
    package let maximumPayload: Int

    // Whether a handler waits shows when it is first called. All loops come to the same answer.
    private let awaits: Atomic<Bool>

    init(_ message: any Message.Type, awaits: Bool) {
        code = message.code
        maximumPayload = message.maximumPayload ?? .max
        self.awaits = Atomic(awaits)
    }

    /// Whether messages must be handed to ``respond(to:context:)``.
    package final var isAsync: Bool {
        awaits.load(ordering: .relaxed)
    }

    final func markAsync() {
        awaits.store(true, ordering: .relaxed)
    }

    /// Handles a message at once and writes its reply, if there is one.
    ///
    /// - Returns: Whether it was handled. If not, the handler waits: ``isAsync`` is true from now on, and `payload`
    ///   stands where it stood.
    package func handle(
        _ payload: inout ByteReader,
        context: Context,
        output: any FrameOutput
    ) throws(RouteFailure) -> Bool {
        false
    }

    /// Handles a message, waiting as long as the handler does.
    ///
    /// - Returns: The reply's frame, or no bytes when there is no reply.
    package func respond(to payload: Bytes, context: Context) async throws(RouteFailure) -> Bytes {
        Bytes()
    }
}

extension Message {
    /// Decodes a whole payload.
    static func decode(_ payload: inout ByteReader) throws(RouteFailure) -> Self {
        do throws(PayloadError) {
            let message = try Self(from: &payload)
            try payload.finish()
            return message
        } catch {
            throw .malformed(error)
        }
    }
}

/// Calls the middleware from the one at `index` on, then `handler`.
func run<Input: Message, Output: Sendable>(
    _ message: Input,
    _ context: Context,
    through middleware: ArraySlice<any Middleware>,
    _ handler: @escaping @Sendable (Input, Context) async throws -> Output
) async throws(RouteFailure) -> Output {
    do {
        return try await Next(through: middleware, handler)(message, context: context)
    } catch {
        throw .handler(error)
    }
}

extension Next {
    /// The way through `middleware`, first to last, to `handler`.
    init(
        through middleware: ArraySlice<any Middleware>,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Output
    ) {
        guard let first = middleware.first else {
            body = handler
            return
        }
        body = { message, context in
            let rest = Next(through: middleware.dropFirst(), handler)
            return try await first.intercept(message, context: context, next: rest)
        }
    }
}
