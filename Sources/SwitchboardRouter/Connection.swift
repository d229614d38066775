public import Logging
public import SwitchboardAddresses

/// The connection of a peer, for handlers.
///
/// It may be used from any thread, also after it has closed.
public protocol Connection: AnyObject, Sendable {
    /// The number of the connection, which no other connection of the server ever has.
    var id: ConnectionID { get }

    /// The address of the peer.
    var remoteAddress: SocketAddress { get }

    /// The session of the peer.
    var session: Session { get }

    /// A logger that names the connection.
    var logger: Logger { get }

    /// Sends a message to this peer, after the messages that were sent before; does nothing after the connection has closed.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    func send(_ message: some Message, header: HeaderBytes) throws(PayloadError)

    /// Sends a message to every other peer of the server.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    func broadcast(_ message: some Message) throws(PayloadError)

    /// Closes the connection after the current message is answered and the pending output is sent.
    func close()
}

extension Connection {
    /// Sends a message to this peer, after the messages that were sent before.
    ///
    /// Does nothing after the connection has closed.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: some FrameHeader = NoHeader()) throws(PayloadError) {
        try send(message, header: HeaderBytes(of: header))
    }
}

/// The number of a connection: 1, 2, 3, … in the order in which a server accepted them.
public typealias ConnectionID = UInt64
