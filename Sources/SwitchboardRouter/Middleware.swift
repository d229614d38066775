/// Code that runs around the handlers and can inspect, reject, delay or change messages and their replies.
public protocol Middleware: Sendable {
    /// Handles a message by calling `next`, at most once, or rejects it by throwing.
    ///
    /// - Parameters:
    ///   - message: The message of the peer.
    ///   - context: The peer's connection and session.
    ///   - next: The rest of the chain: further middleware, then the handler.
    /// - Returns: What `next` returned: the reply, or `Void` for a message without one.
    /// - Throws: What `next` throws, or any error that a handler may throw.
    func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output
}

/// The rest of the chain for a message: further middleware, then the handler.
///
/// Call it like a function.
public struct Next<Input: Message, Output: Sendable>: Sendable {
    @usableFromInline let body: @Sendable (Input, Context) async throws -> Output

    /// Calls further middleware and the handler with `message`.
    ///
    /// - Throws: What further middleware or the handler throws.
    public func callAsFunction(_ message: Input, context: Context) async throws -> Output {
        try await body(message, context)
    }
}

extension Next {
    /// A chain of `middleware`, from first to last, and `handler`.
    @inlinable
    init(
        through middleware: ArraySlice<any Middleware>,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Output
    ) {
        guard let first = middleware.first else {
            body = handler
            return
        }
        let rest = Next(through: middleware.dropFirst(), handler)
        body = { message, context in
            try await first.intercept(message, context: context, next: rest)
        }
    }

    /// Calls all middleware and the handler with `message`.
    @inlinable @inline(__always)
    func run(_ message: Input, _ context: Context) async throws(RouteFailure) -> Output {
        do { return try await body(message, context) } catch { throw .handler(error) }
    }
}
