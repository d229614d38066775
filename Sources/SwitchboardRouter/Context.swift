public import Logging

/// What a handler is told beside the message: who sent it, and ways to reach that peer and the others.
public struct Context: Sendable {
    /// The connection that the message came from.
    public let connection: any Connection

    /// A context for messages from `connection`.
    public init(connection: any Connection) {
        self.connection = connection
    }

    /// What is known of the peer, kept for as long as its connection lives.
    public var session: Session { connection.session }

    /// A logger that names the connection.
    public var logger: Logger { connection.logger }

    /// Sends `message` to the peer, before the reply to the message that is being handled.
    ///
    /// - Throws: A ``PayloadError`` when a value does not fit the message's layout.
    public func send(_ message: some Message) throws(PayloadError) {
        try connection.send(message)
    }

    /// Sends `message` to every peer but this one.
    ///
    /// - Throws: A ``PayloadError`` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message) throws(PayloadError) {
        try connection.broadcast(message)
    }
}
