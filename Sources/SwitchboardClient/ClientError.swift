public import SwitchboardWire

/// An error of a client.
///
/// When the server replies to a request with the protocol's error message, the request throws that message. An error
/// message that ends the whole connection answers no request; it becomes a `ClientError` with a ``fault``.
public struct ClientError: Error, Hashable, CustomStringConvertible {
    /// The kinds of errors.
    public enum Code: Sendable, Hashable {
        /// The connection is closed, or closed before the reply came.
        case closed
        /// The reply did not come in time.
        case timedOut
        /// ``ClientConfiguration/maximumRequestsInFlight`` requests have no reply yet.
        case tooManyRequests
        /// The protocol does not allow clients to send the message.
        case notSentByClients
        /// The protocol does not allow servers to send the message, or only as a reply.
        case notSentByServers
        /// The header of the protocol has no field with `correlate`, which a handler with a reply needs.
        case noCorrelation
        /// The message is a request: ``Client/send(_:header:)`` does not send requests.
        case notOneWay
        /// The server has violated the protocol: with a broken frame, for example, or a reply without a request.
        case protocolViolation
        /// A value of the configuration is not allowed.
        case invalidConfiguration
    }

    /// The kind of the error.
    public let code: Code

    /// The error in one line.
    public let description: String

    /// Whether the server may have handled the message in spite of the error.
    ///
    /// When it is `false`, no byte of the message was sent, and you can send it again.
    public let mayHaveBeenHandled: Bool

    /// The fault in the error message with which the server closed the connection, if it sent one.
    public let fault: Fault?

    init(_ code: Code, _ description: String, mayHaveBeenHandled: Bool = true, fault: Fault? = nil) {
        self.code = code
        self.description = description
        self.mayHaveBeenHandled = mayHaveBeenHandled
        self.fault = fault
    }

    /// The error of a connection that was closed because of `reason`.
    init(closedBy reason: any Error) {
        self = reason as? ClientError ?? ClientError(.closed, "the connection closed: \(reason)")
    }

    /// The same error for a message of which no byte was sent.
    var ofUnsentMessage: ClientError {
        if !mayHaveBeenHandled { return self }
        return ClientError(code, "\(description); it was not sent", mayHaveBeenHandled: false, fault: fault)
    }
}
