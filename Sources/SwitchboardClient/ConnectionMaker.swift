internal import SwitchboardTLS
internal import SwitchboardTransport
internal import SwitchboardWire

/// Makes the connections of a client, the first one and those that replace it.
struct ConnectionMaker: Sendable {
    let server: ServerLocation
    let loop: EventLoop
    let table: ProtocolTable
    let configuration: ClientConfiguration
    let tls: TLSConnector?
    let unread: Unread<any Message>

    /// Makes a connection that is ready to be used.
    ///
    /// - Parameter whenEnded: Called once, when nothing can be sent over it any more.
    func make(
        whenEnded: @escaping ClientConnection.WhenEnded
    ) async throws -> ClientConnection {
        let dialer = Dialer(loop: loop, timeout: configuration.connectTimeout)
        let (descriptor, address) = try await dialer.dial(server)
        let connection = ClientConnection(
            descriptor,
            address,
            on: loop,
            table,
            configuration,
            unread,
            whenEnded: whenEnded
        )
        do {
            if let tls { try await connection.start(tls, to: server.name) } else { connection.start() }
            if let onConnect = configuration.onConnect {
                // What comes unasked is for those who use the client.
                try await onConnect(Client(borrowing: connection, table, .ended))
            }
            return connection
        } catch {
            connection.abandon()
            throw error
        }
    }
}
