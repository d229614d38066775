package import SwitchboardTransport
package import SwitchboardWire

extension Client {
    /// A client whose one connection stands already, on a loop that somebody else runs, until one of the two ends it.
    ///
    /// - Parameters:
    ///   - descriptor: The connected socket; it must not block.
    ///   - wireProtocol: The protocol to speak.
    ///   - configuration: The limits to keep. How to connect does not count.
    ///   - loop: What serves the connection.
    ///   - companion: What the client is to keep for as long as it is kept itself: whoever runs the loop, say.
    package static func embedded(
        _ descriptor: Int32,
        speaking wireProtocol: any WireProtocol.Type,
        configuration: ClientConfiguration = ClientConfiguration(),
        on loop: EventLoop,
        keeping companion: (any Sendable)? = nil
    ) throws -> Client {
        try configuration.validate()
        var configuration = configuration
        configuration.tls = nil
        let events = Unread<ConnectionEvent>(limit: eventLimit)
        let unread = configuration.makeUnreadMessages(events)
        let table = ProtocolTable(wireProtocol)
        let address = try SocketAddress(unixSocketPath: "embedded")
        let connection = ClientConnection(
            descriptor,
            address,
            on: loop,
            table,
            configuration,
            unread,
            whenEnded: { _, error, isWanted in
                unread.end(throwing: isWanted ? nil : ClientError(closedBy: error))
                events.add(.disconnected(error, retryingIn: nil))
                events.end()
            }
        )
        connection.start()
        return Client(owning: connection, keeping: companion, table, unread, events)
    }
}
