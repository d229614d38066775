/// What is wrong with how a router was set up.
///
/// Found when a server is made with it.
public struct RouterError: Error, Hashable, CustomStringConvertible {
    /// A mistake.
    public enum Code: Sendable, Hashable {
        /// Two handlers were registered for one message.
        case duplicateHandler
        /// A handler was registered for a message that the router's protocol does not have.
        case foreignMessage
        /// A handler was registered for a message that only the server sends, or for the error message.
        case notSentByClients
        /// A handler without a reply was registered for a request.
        case missingReply
    }

    /// What is wrong.
    public let code: Code

    /// The name of the message.
    public let message: String

    /// The name of the protocol.
    public let wireProtocol: String

    /// One line that says what is wrong.
    public var description: String {
        switch code {
        case .duplicateHandler: "\(wireProtocol): two handlers are registered for \(message)"
        case .foreignMessage: "\(wireProtocol): a handler is registered for \(message), which is not in this protocol"
        case .notSentByClients: "\(wireProtocol): a handler is registered for \(message), which clients do not send"
        case .missingReply: "\(wireProtocol): the handler that is registered for \(message) returns no reply"
        }
    }
}
