public import Logging

/// What a handler is told beside the message: who sent it, and ways to reach that peer and the others.
public struct Context: Sendable {
    /// The connection that the message came from.
    public let connection: any Connection

    /// The extra fields and the correlation of the message's header; the reply has the same.
    @usableFromInline package var headerBytes: HeaderBytes

    /// A context for messages from `connection` that came with `header`.
    @inlinable
    public init(connection: any Connection, header: HeaderBytes = HeaderBytes()) {
        self.connection = connection
        headerBytes = header
    }

    /// What is known of the peer, kept for as long as its connection lives.
    public var session: Session { connection.session }

    /// A logger that names the connection.
    public var logger: Logger { connection.logger }

    /// The extra fields in the header of the message that is being handled.
    ///
    /// The reply, or the error that is sent in its place, has the same.
    ///
    /// - Parameter wireProtocol: The protocol that the message belongs to.
    public func header<P: WireProtocol>(of wireProtocol: P.Type) -> P.Header {
        P.Header(headerBytes)
    }

    /// Sends `message` to the peer, before the reply to the message that is being handled.
    ///
    /// - Parameters:
    ///   - message: What to send.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: some FrameHeader = NoHeader()) throws(PayloadError) {
        try connection.send(message, header: header)
    }

    /// Sends `message` to every peer but this one.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message) throws(PayloadError) {
        try connection.broadcast(message)
    }
}
