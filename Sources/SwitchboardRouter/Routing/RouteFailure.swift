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
