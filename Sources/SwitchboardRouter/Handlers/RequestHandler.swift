/// Handles the requests of one type, each with a reply.
///
/// Adopt the protocol generated for the message, say `EchoHandler`.
///
/// Write `handle` as `async` if it waits for something, without `async` if it does not: both satisfy the protocol. One
/// that does not wait is called straight from the event loop; it must not block.
///
/// An `actor` writes `async`. A class of a global actor also says so at the method: `@MainActor func handle(…) async`.
/// A type handles one message: for several, adopt the `Service` protocol that is generated beside.
public protocol RequestHandler<Input>: Sendable {
    /// The message that it handles.
    associatedtype Input: Request

    /// Answers `message`.
    ///
    /// - Parameters:
    ///   - message: What the peer asked.
    ///   - context: The peer's connection and session.
    /// - Returns: The reply that the peer is sent.
    /// - Throws: The protocol's own error message, which the peer is then sent, or anything else, of which the peer
    ///   learns only that something failed.
    func handle(_ message: Input, context: Context) async throws -> Input.Reply

    /// The same, for a handler that does not wait. Never write both.
    func handle(_ message: Input, context: Context) throws -> Input.Reply
}

// A handler writes one of the two methods. These stand in for the other one: the first makes the compiler refuse a
// handler that has neither, the second lets the router see which one there is.

extension RequestHandler {
    /// Refuses, at compile time, a handler without a `handle` method.
    @available(
        *,
        unavailable,
        message: "write handle(_ message: Input, context: Context) -> Input.Reply with these very types, async or not"
    )
    public func handle(_ message: Input, context: Context) async throws -> Input.Reply { throw HandlerIsAsync() }

    /// Says that this handler waits.
    public func handle(_ message: Input, context: Context) throws -> Input.Reply { throw HandlerIsAsync() }
}

/// Thrown by the synchronous `handle` of a handler that has only an `async` one: the router awaits that instead.
public struct HandlerIsAsync: Error, CustomStringConvertible {
    /// Says what to do.
    public var description: String { "this handler is async: call it with await" }
}
