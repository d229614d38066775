/// An error of a request that the server sends to a peer.
///
/// When the peer replies with the protocol's error message, the request throws that message instead.
public struct PeerRequestError: Error, Hashable, CustomStringConvertible {
    /// The kinds of errors.
    public enum Code: Sendable, Hashable {
        /// The protocol or the router does not allow the request: see ``Context/request(_:header:timeout:)``.
        case notAllowed
        /// `ServerConfiguration.maximumRequestsToPeer` requests to the peer have no reply yet.
        case tooManyRequests
        /// The reply did not come in time.
        case timedOut
        /// The connection has closed.
        case closed
        /// The peer has sent another message in place of the reply, or a reply that does not fit its layout.
        case wrongReply
    }

    /// The kind of the error.
    public let code: Code

    /// The error in one line.
    public let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
