/// The handler of one type of request.
///
/// Adopt the protocol that is generated for the message, such as `EchoHandler`.
///
/// Write `handle` with or without `async`: both satisfy the protocol. A method without `async` runs on the event loop,
/// and must not block.
///
/// In an `actor`, write the method with `async`. In a class of a global actor, repeat the actor at the method:
/// `@MainActor func handle(…) async`. A type with this protocol handles one message. To handle several messages, adopt
/// the generated `Service` protocol.
public protocol RequestHandler<Input>: Sendable {
    /// The request.
    associatedtype Input: Request

    /// Handles a request.
    ///
    /// - Parameters:
    ///   - message: The request of the peer.
    ///   - context: The connection and session of the peer.
    /// - Returns: The reply to the peer.
    /// - Throws: The protocol's error message, which the server then sends to the peer; or any other error, for which
    ///   the server sends `Fault.internal`, without details.
    func handle(_ message: Input, context: Context) async throws -> Input.Reply

    /// Handles a request without `async`; write only one of the two `handle` methods.
    func handle(_ message: Input, context: Context) throws -> Input.Reply
}

// A handler implements one of the two methods. The methods below are defaults for the other one. The first makes the
// compiler reject a handler without any method, the second tells the router that the handler is `async`.

extension RequestHandler {
    /// Makes the compiler reject a handler without a `handle` method.
    @available(
        *,
        unavailable,
        message:
            "implement handle(_ message: Input, context: Context) -> Input.Reply with exactly these types, with or without async"
    )
    public func handle(_ message: Input, context: Context) async throws -> Input.Reply { throw HandlerIsAsync() }

    /// Throws, because this handler is `async`.
    public func handle(_ message: Input, context: Context) throws -> Input.Reply { throw HandlerIsAsync() }
}

/// The error of the synchronous `handle` of an `async` handler; the router catches it and awaits the other method.
public struct HandlerIsAsync: Error, CustomStringConvertible {
    /// The error in one line, with what to do.
    public var description: String { "this handler is async: call it with await" }
}
