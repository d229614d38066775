/// A mistake in the registrations of a router.
///
/// `Server` throws this error when it is created with the router.
public struct RouterError: Error, Hashable, CustomStringConvertible {
    /// The kinds of mistakes.
    public enum Code: Sendable, Hashable {
        /// Two handlers are registered for one message.
        case duplicateHandler
        /// A handler is registered for a message of another protocol.
        case foreignMessage
        /// A handler is registered for a message that only the server sends, or for the error message.
        case notSentByClients
        /// A handler without a reply is registered for a request.
        case missingReply
        /// A timeout is set for a message without a handler.
        case missingHandler
        /// The timeout of a handler is zero or less.
        case invalidTimeout
        /// The error for a timeout is not the error message of the protocol.
        case foreignError
    }

    /// The kind of the mistake.
    public let code: Code

    /// The name of the message.
    public let message: String

    /// The name of the protocol.
    public let wireProtocol: String

    /// The mistake in one line.
    public var description: String {
        switch code {
        case .duplicateHandler: "\(wireProtocol): two handlers are registered for \(message)"
        case .foreignMessage: "\(wireProtocol): a handler is registered for \(message), which is not in this protocol"
        case .notSentByClients: "\(wireProtocol): a handler is registered for \(message), which clients do not send"
        case .missingReply: "\(wireProtocol): the handler that is registered for \(message) returns no reply"
        case .missingHandler: "\(wireProtocol): a timeout is set for \(message), which has no handler"
        case .invalidTimeout: "\(wireProtocol): the timeout of the handler of \(message) must be more than 0 s"
        case .foreignError:
            "\(wireProtocol): the error for a timeout of the handler of \(message) is not the error message of this protocol"
        }
    }
}
