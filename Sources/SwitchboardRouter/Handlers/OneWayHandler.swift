/// The handler of one type of one-way message.
///
/// Adopt the protocol generated for the message.
///
/// Write `handle` with or without `async`, as for ``RequestHandler``.
public protocol OneWayHandler<Input>: Sendable {
    /// The message.
    associatedtype Input: Message

    /// Handles a message.
    ///
    /// - Parameters:
    ///   - message: The message of the peer.
    ///   - context: The connection and session of the peer.
    /// - Throws: The protocol's error message, which the server then sends to the peer; or any other error, for which
    ///   the server sends `Fault.internal`, without details.
    func handle(_ message: Input, context: Context) async throws

    /// Handles a message without `async`; write only one of the two `handle` methods.
    func handle(_ message: Input, context: Context) throws
}

// As in RequestHandler, these methods are the default for the requirement that a handler does not implement.

extension OneWayHandler {
    /// Makes the compiler reject a handler without a `handle` method.
    @available(
        *,
        unavailable,
        message: "implement handle(_ message: Input, context: Context) with exactly these types, with or without async"
    )
    public func handle(_ message: Input, context: Context) async throws { throw HandlerIsAsync() }

    /// Throws, because this handler is `async`.
    public func handle(_ message: Input, context: Context) throws { throw HandlerIsAsync() }
}
