public import Logging

/// The second argument of a handler: the connection and the session of the peer that sent the message.
public struct Context: Sendable {
    /// The connection that the message came from.
    public let connection: any Connection

    /// The extra fields and the correlation of the message's header, which the reply repeats.
    @usableFromInline package var headerBytes: HeaderBytes

    /// A context for a message from `connection` with `header`.
    @inlinable
    public init(connection: any Connection, header: HeaderBytes = HeaderBytes()) {
        self.connection = connection
        headerBytes = header
    }

    /// The session of the peer: its identity and other state, kept as long as the connection exists.
    public var session: Session { connection.session }

    /// A logger that names the connection.
    public var logger: Logger { connection.logger }

    /// Returns the extra fields in the header of the message.
    ///
    /// The reply, or the error in its place, has the same fields.
    ///
    /// - Parameter wireProtocol: The protocol of the message.
    public func header<P: WireProtocol>(of wireProtocol: P.Type) -> P.Header {
        P.Header(headerBytes)
    }

    /// Sends a message to the peer, before the reply to the message that is being handled.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: some FrameHeader = NoHeader()) throws(PayloadError) {
        try connection.send(message, header: header)
    }

    /// Sends a message to every peer but this one.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message) throws(PayloadError) {
        try connection.broadcast(message)
    }
}
