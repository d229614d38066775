/// Handles the messages of one type that have no reply.
///
/// Adopt the protocol generated for the message.
///
/// Write `handle` with or without `async`, as for ``RequestHandler``.
public protocol OneWayHandler<Input>: Sendable {
    /// The message that it handles.
    associatedtype Input: Message

    /// Takes `message`.
    ///
    /// - Parameters:
    ///   - message: What the peer sent.
    ///   - context: The peer's connection and session.
    /// - Throws: The protocol's own error message, which the peer is then sent, or anything else, of which the peer
    ///   learns only that something failed.
    func handle(_ message: Input, context: Context) async throws

    /// The same, for a handler that does not wait. Never write both.
    func handle(_ message: Input, context: Context) throws
}

// As for RequestHandler: one stands in for the method that a handler does not write.

extension OneWayHandler {
    /// Refuses, at compile time, a handler without a `handle` method.
    @available(
        *,
        unavailable,
        message: "write handle(_ message: Input, context: Context) with these very types, async or not"
    )
    public func handle(_ message: Input, context: Context) async throws { throw HandlerIsAsync() }

    /// Says that this handler waits.
    public func handle(_ message: Input, context: Context) throws { throw HandlerIsAsync() }
}
