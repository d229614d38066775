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
        let (incoming, arrivals) = AsyncStream.makeStream(
            of: (any Message).self,
            bufferingPolicy: .bufferingNewest(ClientConfiguration().incomingLimit)
        )
        let table = ProtocolTable(wireProtocol)
        let address = try SocketAddress(unixSocketPath: "embedded")
        let connection = ClientConnection(
            descriptor,
            address,
            on: loop,
            table,
            ClientConfiguration(),
            arrivals,
            whenEnded: { _, _ in arrivals.finish() }
        )
        connection.start()
        return Client(borrowing: connection, table, incoming)
    }
}
