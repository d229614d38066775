package import SwitchboardAddresses
internal import Synchronization

/// Middleware that traces messages: see the product SwitchboardTracing.
///
/// The router tells it the protocol, and the server asks it to send its requests.
package protocol TracingHook: Middleware {
    /// Returns the middleware for the messages of one type, which the router uses in place of this one.
    func middleware(for message: any Message.Type, of wireProtocol: any WireProtocol.Type) -> any Middleware

    /// Sends a request of the server by calling `send`, a second time only after a `PayloadError`.
    ///
    /// - Parameters:
    ///   - message: The request.
    ///   - wireProtocol: The protocol of the request.
    ///   - peer: The address of the peer.
    ///   - send: Sends a request, and returns the reply.
    func request<Input: Request>(
        _ message: Input,
        of wireProtocol: any WireProtocol.Type,
        to peer: SocketAddress,
        _ send: (Input) async throws -> Input.Reply
    ) async throws -> Input.Reply
}

/// Whether the timeout of a handler has passed, for the middleware around this handler.
///
/// The server binds one to the tasks of handlers if the router has timeouts and a ``TracingHook``.
package final class HandlerExpiry: Sendable {
    /// The expiry of the handler that the current task runs.
    @TaskLocal package static var current: HandlerExpiry?

    private let state = Mutex<(any Error)?>(nil)

    package init() {}

    /// The error that the peer got when the timeout passed; `nil` if it has not passed.
    package var error: (any Error)? { state.withLock(\.self) }

    /// Notes that the timeout has passed.
    package func expire(with error: any Error) {
        state.withLock { $0 = error }
    }
}
