internal import SwitchboardTLS
public import SwitchboardTransport
public import SwitchboardWire

/// A client of one server; any number of tasks may use it at once.
///
/// ```swift
/// let client = try await Client.connect(host: "127.0.0.1", port: 5000, speaking: NET001.self)
/// let reply = try await client.request(NET001.Echo(data: "Hello, Server!"))
/// await client.close()
/// ```
///
/// Tasks can send requests while others wait for replies; each request returns its own reply. Replies come in the order
/// of their requests or, where the protocol's header has a correlation, in any order.
public final class Client: Sendable {
    /// The messages from the server that are not replies, in the order of their arrival.
    ///
    /// The sequence ends when the client is closed, and throws a ``ClientError`` when the connection closes for another
    /// reason and the client does not reconnect. Tasks that read at the same time share the messages: each message is
    /// delivered once.
    public let incoming: IncomingMessages

    /// The events of the connection, and of the connections that replace it if ``ClientConfiguration/reconnect`` is
    /// set.
    ///
    /// Each event is delivered once. The client keeps the last 64 unread events.
    public let events: ConnectionEvents

    /// The address of the server that the client was first connected to.
    public let remoteAddress: SocketAddress

    private enum Way {
        case link(ClientLink)
        /// One connection without a successor, and the object that runs its event loop.
        case connection(ClientConnection, keeping: (any Sendable)?)
        /// One connection without a successor, which its owner closes.
        case borrowed(ClientConnection)
    }

    /// The number of unread events that the client keeps.
    static let eventLimit = 64

    private let way: Way
    private let protocolTable: ProtocolTable

    private init(
        _ way: Way,
        _ table: ProtocolTable,
        _ remoteAddress: SocketAddress,
        _ unread: Unread<any Message>,
        _ events: Unread<ConnectionEvent>
    ) {
        self.way = way
        self.remoteAddress = remoteAddress
        protocolTable = table
        self.incoming = IncomingMessages(unread: unread)
        self.events = ConnectionEvents(unread: events)
    }

    /// A client of one connection, which its owner closes.
    convenience init(
        borrowing connection: ClientConnection,
        _ table: ProtocolTable,
        _ unread: Unread<any Message>
    ) {
        self.init(.borrowed(connection), table, connection.remoteAddress, unread, .ended)
    }

    /// A client of one connection, which keeps a reference to `companion`.
    convenience init(
        owning connection: ClientConnection,
        keeping companion: (any Sendable)?,
        _ table: ProtocolTable,
        _ unread: Unread<any Message>,
        _ events: Unread<ConnectionEvent>
    ) {
        self.init(.connection(connection, keeping: companion), table, connection.remoteAddress, unread, events)
    }

    deinit {
        switch way {
        case .link(let link): link.abandon()
        case .connection(let connection, _): connection.abandon()
        case .borrowed: break
        }
    }

    /// Connects to a server.
    ///
    /// - Parameters:
    ///   - host: An IP address or a host name. The client tries the addresses of a name 250 ms apart, IPv6 and IPv4 in
    ///     turn, and uses the first that accepts (RFC 8305).
    ///   - port: The TCP port, 1 to 65,535.
    ///   - wireProtocol: The protocol to speak, as generated from its spec.
    ///   - configuration: The limits to keep.
    /// - Returns: A connected client.
    /// - Throws: A `TransportError` when no connection is made in time, a `TLSError` when the server is not trusted or
    ///   a file cannot be used, a ``ClientError`` when a value of the configuration is not allowed, a
    ///   `CancellationError` when the task is cancelled.
    public static func connect(
        host: String,
        port: Int,
        speaking wireProtocol: any WireProtocol.Type,
        configuration: ClientConfiguration = ClientConfiguration()
    ) async throws -> Client {
        try await connect(to: .host(host, port: port), speaking: wireProtocol, configuration)
    }

    /// Connects to a server on this machine.
    ///
    /// - Parameters:
    ///   - unixSocketPath: The path of the server's Unix-domain socket.
    ///   - wireProtocol: The protocol to speak, as generated from its spec.
    ///   - configuration: The limits to keep.
    /// - Returns: A connected client.
    /// - Throws: What ``connect(host:port:speaking:configuration:)`` throws.
    public static func connect(
        unixSocketPath: String,
        speaking wireProtocol: any WireProtocol.Type,
        configuration: ClientConfiguration = ClientConfiguration()
    ) async throws -> Client {
        try await connect(to: .unixSocket(path: unixSocketPath), speaking: wireProtocol, configuration)
    }

    private static func connect(
        to server: ServerLocation,
        speaking wireProtocol: any WireProtocol.Type,
        _ configuration: ClientConfiguration
    ) async throws -> Client {
        try configuration.validate()
        let tls = try configuration.tls.map { try TLSConnector($0) }
        let events = Unread<ConnectionEvent>(limit: eventLimit)
        let unread = configuration.makeUnreadMessages(events)
        let maker = ConnectionMaker(
            server: server,
            loop: try ConnectionMaker.sharedLoop(),
            table: ProtocolTable(wireProtocol),
            configuration: configuration,
            tls: tls,
            unread: unread
        )
        let link = ClientLink(maker, events)
        let connection = try await link.connect()
        return Client(.link(link), maker.table, connection.remoteAddress, unread, events)
    }

    private var connection: ClientConnection {
        get async throws {
            switch way {
            case .link(let link): try await link.connection()
            case .connection(let connection, _), .borrowed(let connection): connection
            }
        }
    }

    /// Sends a request and returns its reply.
    ///
    /// A timeout (``ClientConfiguration/requestTimeout``) or the task's cancellation ends the wait only: the request is
    /// sent, and the server may still handle it. The client drops the late reply; until that reply comes, the request
    /// counts towards ``ClientConfiguration/maximumRequestsInFlight``. To cancel the handler as well, close the client,
    /// or add a message for this purpose to the protocol.
    ///
    /// - Parameters:
    ///   - message: The request.
    ///   - header: The extra fields of its header.
    /// - Returns: The reply.
    /// - Throws: The protocol's error message when the server replies with one; a `PayloadError` when a value does not
    ///   fit the message's layout; a ``ClientError`` when no reply comes, with a ``ClientError/fault`` if the server
    ///   reported why it closed the connection; a `CancellationError` when the task is cancelled.
    public func request<Input: Request>(
        _ message: Input,
        header: some FrameHeader = NoHeader()
    ) async throws -> Input.Reply {
        let makeFrame = try protocolTable.makeFrame(of: message, header: header)
        let reply = try await connection(for: makeFrame).request(makeFrame, expecting: Input.Reply.code)
        guard let reply = reply as? Input.Reply else {
            throw ClientError(.protocolViolation, "the reply is not \(Input.Reply.name)")
        }
        return reply
    }

    /// Sends a one-way message.
    ///
    /// Returns when the pending output is below ``ClientConfiguration/outputHighWaterMark``.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout; a ``ClientError`` when the connection
    ///   has closed; a `CancellationError` when the task is cancelled.
    public func send<Output: Message>(_ message: Output, header: some FrameHeader = NoHeader()) async throws {
        guard !(Output.self is any Request.Type) else {
            throw ClientError(.notOneWay, "\(Output.name) has a reply: use request(_:)")
        }
        let frame = try protocolTable.encode(message, header: header)
        try await connection(for: { _ in frame }).send(frame)
    }

    /// Returns the connection to send a message over.
    ///
    /// - Throws: The mistake in the message or, when it has none, the reason why there is no connection.
    private func connection(for makeFrame: ProtocolTable.MakeFrame) async throws -> ClientConnection {
        do { return try await connection } catch {
            _ = try makeFrame(0)
            throw (error as? ClientError)?.ofUnsentMessage ?? error
        }
    }

    /// Closes the connection once the pending output is sent, and does not reconnect.
    ///
    /// Pending requests throw an error. The method waits up to a second for the server to close its side, so that no
    /// message is lost when the program ends. It does not wait when a reply is outstanding, because the server may
    /// still be handling the request.
    public func close() async {
        switch way {
        case .link(let link): await link.close()
        case .connection(let connection, _): await connection.close()
        case .borrowed: break
        }
    }
}

// MARK: - Embedded clients

extension Client {
    /// Makes a client of a connected socket, on an event loop that the caller runs; it does not reconnect.
    ///
    /// - Parameters:
    ///   - descriptor: The connected socket; it must be non-blocking.
    ///   - wireProtocol: The protocol to speak.
    ///   - configuration: The limits to keep. The settings for connecting are not used.
    ///   - loop: The event loop that serves the connection.
    ///   - companion: An object that the client keeps a reference to, such as the one that runs `loop`.
    /// - Throws: A ``ClientError`` when a value of the configuration is not allowed.
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
