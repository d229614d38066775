package import SwitchboardTransport
package import SwitchboardWire

extension Client {
    /// A client whose one connection stands already, on a loop that somebody else runs, until the server ends it.
    ///
    /// - Parameters:
    ///   - descriptor: The connected socket; it must not block.
    ///   - wireProtocol: The protocol to speak.
    ///   - loop: What serves the connection.
    package static func embedded(
        _ descriptor: Int32,
        speaking wireProtocol: any WireProtocol.Type,
        on loop: EventLoop
    ) throws(TransportError) -> Client {
        let configuration = ClientConfiguration()
        let unread = configuration.makeUnreadMessages()
        let table = ProtocolTable(wireProtocol)
        let address = try SocketAddress(unixSocketPath: "embedded")
        let connection = ClientConnection(
            descriptor,
            address,
            on: loop,
            table,
            configuration,
            unread,
            whenEnded: { _, _ in unread.end() }
        )
        connection.start()
        return Client(borrowing: connection, table, unread)
    }
}
