public import Logging
public import SwitchboardAddresses

/// A peer's connection, as handlers see it.
///
/// It may be used from any thread, also when it has closed.
public protocol Connection: AnyObject, Sendable {
    /// Tells it from every other connection of this server; never used again.
    var id: ConnectionID { get }

    /// The address of the peer.
    var remoteAddress: SocketAddress { get }

    /// What is known of the peer.
    var session: Session { get }

    /// A logger that names the connection.
    var logger: Logger { get }

    /// Sends `message` to this peer, after whatever was sent before. Nothing happens when the connection has closed.
    ///
    /// - Parameters:
    ///   - message: What to send.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    func send(_ message: some Message, header: HeaderBytes) throws(PayloadError)

    /// Sends `message` to every other peer of the server.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    func broadcast(_ message: some Message) throws(PayloadError)

    /// Closes the connection once the message that is being handled is answered and what was sent has gone out.
    func close()
}

extension Connection {
    /// Sends `message` to this peer, after whatever was sent before.
    ///
    /// Nothing happens when the connection has closed.
    ///
    /// - Parameters:
    ///   - message: What to send.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: some FrameHeader = NoHeader()) throws(PayloadError) {
        try send(message, header: HeaderBytes(of: header))
    }
}

/// The number of a connection: 1, 2, 3, … in the order in which a server accepted them.
public typealias ConnectionID = UInt64
