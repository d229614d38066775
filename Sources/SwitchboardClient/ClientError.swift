public import SwitchboardWire

/// Why a client could not do what it was asked.
///
/// What the server answers a request with is thrown as the protocol's error message; an error message with which the server
/// ends the whole connection answers no request, and becomes a `ClientError` with its ``fault``.
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

    /// The fault that the server named when it closed the connection, if it named one.
    public let fault: Fault?

    init(_ code: Code, _ description: String, mayHaveBeenHandled: Bool = true, fault: Fault? = nil) {
        self.code = code
        self.description = description
        self.mayHaveBeenHandled = mayHaveBeenHandled
        self.fault = fault
    }

    /// The connection has closed for a reason that may be of any kind.
    init(closedBy reason: any Error) {
        self = reason as? ClientError ?? ClientError(.closed, "the connection has closed: \(reason)")
    }

    /// The same for a message of which not a byte was sent.
    var ofUnsentMessage: ClientError {
        if !mayHaveBeenHandled { return self }
        return ClientError(code, "\(description); it was not sent", mayHaveBeenHandled: false, fault: fault)
    }
}
