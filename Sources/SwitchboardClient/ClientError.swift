/// Why a client could not do what it was asked.
///
/// What the *server* refuses is thrown as the protocol's error message.
public struct ClientError: Error, Hashable, CustomStringConvertible {
    /// What happened.
    public enum Code: Sendable, Hashable {
        /// The connection has closed, or closed before the reply came.
        case closed
        /// The reply did not come in time.
        case timedOut
        /// As many requests are without a reply as may be.
        case tooManyRequests
        /// The message is none that a client of this protocol may send.
        case notSentByClients
        /// The message has a reply, and was sent without waiting for it.
        case notOneWay
        /// The server sent something that the protocol does not allow: a broken frame, or a reply to nothing.
        case protocolViolation
        /// A value of the configuration makes no sense.
        case invalidConfiguration
    }

    /// What happened.
    public let code: Code

    /// The same for people, in one line.
    public let description: String

    /// Whether the server may have handled the message all the same.
    ///
    /// When it is `false`, not a byte of it was sent, and to send it once more does nothing twice.
    public let mayHaveBeenHandled: Bool

    init(_ code: Code, _ description: String, mayHaveBeenHandled: Bool = true) {
        self.code = code
        self.description = description
        self.mayHaveBeenHandled = mayHaveBeenHandled
    }
}
