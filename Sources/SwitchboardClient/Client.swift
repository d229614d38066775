internal import SwitchboardTLS
public import SwitchboardTransport
public import SwitchboardWire

/// A connection to a server, used by as many tasks as like.
///
/// ```swift
/// let client = try await Client.connect(host: "127.0.0.1", port: 5000, speaking: NET001.self)
/// let reply = try await client.request(NET001.Echo(data: "Hello, Server!"))
/// await client.close()
/// ```
///
/// Requests need not wait for one another: each task gets the reply to its own. Replies come in the order of their requests
/// or, where the protocol's header has a correlation, in any.
public final class Client: Sendable {
    /// The messages from the server that are no replies, in the order in which they come, until the client is closed.
    ///
    /// The sequence ends with a ``ClientError`` when the connection closes otherwise and the client does not come back.
    /// Each is delivered once: tasks that read at the same time share them.
    public let incoming: IncomingMessages

    /// What happens to the connection, or to the connections where ``ClientConfiguration/reconnect`` allows several.
    ///
    /// Each is delivered once; the last few are kept until somebody reads them.
    public let events: ConnectionEvents

    /// The address of the server that the client was first connected to.
    public let remoteAddress: SocketAddress

    private enum Way {
        case link(ClientLink)
        /// One connection, and no other; with what it needs to live.
        case connection(ClientConnection, keeping: (any Sendable)?)
        /// One connection, which somebody else closes.
        case borrowed(ClientConnection)
    }

    /// How many events are kept until somebody reads them.
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

    /// A client over `connection` alone, which somebody else ends.
    convenience init(
        borrowing connection: ClientConnection,
        _ table: ProtocolTable,
        _ unread: Unread<any Message>
    ) {
        self.init(.borrowed(connection), table, connection.remoteAddress, unread, .ended)
    }

    /// A client over `connection` alone, which keeps `companion` for as long as it is kept itself.
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
    ///   - host: An address or a name. The addresses of a name are tried 250 ms apart, IPv6 and IPv4 in turn, and the first
    ///     that answers is used (RFC 8305).
    ///   - port: The TCP port, 1 to 65,535.
    ///   - wireProtocol: The protocol to speak, as generated from its spec.
    ///   - configuration: The limits to keep.
    /// - Returns: A client whose connection stands.
    /// - Throws: A `TransportError` when no connection can be made in time, a `TLSError` when the server cannot be
    ///   trusted or a file cannot be used, a ``ClientError`` when the configuration makes no sense, a `CancellationError`
    ///   when the task is cancelled.
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
    ///   - unixSocketPath: Where its Unix-domain socket is.
    ///   - wireProtocol: The protocol to speak, as generated from its spec.
    ///   - configuration: The limits to keep.
    /// - Returns: A client whose connection stands.
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
            loop: try SharedLoop.get(),
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

    /// Sends a request and waits for its reply.
    ///
    /// A timeout (``ClientConfiguration/requestTimeout``) or the task's cancellation ends the wait, and nothing else. The
    /// request has been sent, and the server may handle it, now or later; its reply is dropped when it comes. It takes up
    /// one of ``ClientConfiguration/maximumRequestsInFlight`` until then. To cancel the handler as well, close the client, or
    /// let the protocol have a message that says so.
    ///
    /// - Parameters:
    ///   - message: What to ask.
    ///   - header: The extra fields of its header.
    /// - Returns: What the server answers.
    /// - Throws: The protocol's error message when the server answers with one; a `PayloadError` when a value does not
    ///   fit the message's layout; a ``ClientError`` when no reply comes, also because the server has closed the connection,
    ///   with or without an error message that says why (``ClientError/fault``); a `CancellationError` when the task is
    ///   cancelled.
    public func request<Input: Request>(
        _ message: Input,
        header: some FrameHeader = NoHeader()
    ) async throws -> Input.Reply {
        let makeFrame = try protocolTable.makeFrame(of: message, header: header)
        let reply = try await connection(for: makeFrame).request(makeFrame, expecting: Input.Reply.code)
        guard let reply = reply as? Input.Reply else {
            throw ClientError(.protocolViolation, "the reply is no \(Input.Reply.name)")
        }
        return reply
    }

    /// Sends a message that has no reply.
    ///
    /// Waits while too much output has not gone out yet.
    ///
    /// - Parameters:
    ///   - message: What to send.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout; a ``ClientError`` when the connection
    ///   has closed; a `CancellationError` when the task is cancelled.
    public func send<Output: Message>(_ message: Output, header: some FrameHeader = NoHeader()) async throws {
        guard !(Output.self is any Request.Type) else {
            throw ClientError(.notOneWay, "\(Output.name) has a reply: request(_:) sends it and waits for that")
        }
        let frame = try protocolTable.encode(message, header: header)
        try await connection(for: { _ in frame }).send(frame)
    }

    /// The connection to send a message over.
    ///
    /// - Throws: What is wrong with the message, whether or not there is a connection; else why there is none.
    private func connection(for makeFrame: ProtocolTable.MakeFrame) async throws -> ClientConnection {
        do { return try await connection } catch {
            _ = try makeFrame(0)
            throw (error as? ClientError)?.ofUnsentMessage ?? error
        }
    }

    /// Closes the connection when what was sent has gone out, and makes no other.
    ///
    /// Requests without a reply throw. Waits up to a second for the server to close its side, so that nothing that was sent
    /// is lost when the program ends; it does not wait while the server owes a reply, since the server may be busy with it.
    public func close() async {
        switch way {
        case .link(let link): await link.close()
        case .connection(let connection, _): await connection.close()
        case .borrowed: break
        }
    }
}
