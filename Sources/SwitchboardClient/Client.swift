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
/// Requests need not wait for one another: replies come in the order of their requests, and each task gets its own.
public final class Client: Sendable {
    /// The messages from the server that are no replies, in the order in which they come, until the connection closes.
    ///
    /// One task reads them; each message is delivered once.
    public let incoming: IncomingMessages

    /// The address of the server.
    public let remoteAddress: SocketAddress

    private let connection: ClientConnection
    private let protocolTable: ProtocolTable

    private init(_ connection: ClientConnection, _ table: ProtocolTable, _ remoteAddress: SocketAddress) {
        self.connection = connection
        self.remoteAddress = remoteAddress
        protocolTable = table
        incoming = connection.incoming
    }

    deinit {
        connection.abandon()
    }

    /// Connects to a server.
    ///
    /// - Parameters:
    ///   - host: An address or a name. All addresses of a name are tried in turn.
    ///   - port: The TCP port, 1 to 65,535.
    ///   - wireProtocol: The protocol to speak, as generated from its spec.
    ///   - configuration: The limits to keep.
    /// - Returns: A client whose connection stands.
    /// - Throws: A ``TransportError`` when no connection can be made in time, a `TLSError` when the server cannot be
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
        let loop = try SharedLoop.get()
        let table = ProtocolTable(wireProtocol)
        let dialer = Dialer(loop: loop, timeout: configuration.connectTimeout)
        let (descriptor, address) = try await dialer.dial(server)
        let connection = ClientConnection(descriptor, address, on: loop, table, configuration)
        if let tls { try await connection.start(tls, to: server.name) } else { connection.start() }
        return Client(connection, table, address)
    }

    /// Sends a request and waits for its reply.
    ///
    /// - Throws: The protocol's error message when the server answers with one; a ``PayloadError`` when a value does not
    ///   fit the message's layout; a ``ClientError`` when no reply comes; a `CancellationError` when the task is
    ///   cancelled.
    public func request<Input: Request>(_ message: Input) async throws -> Input.Reply {
        let frame = try protocolTable.encode(message)
        let reply = try await connection.request(frame, expecting: Input.Reply.code)
        guard let reply = reply as? Input.Reply else {
            throw ClientError(.protocolViolation, "the reply is no \(Input.Reply.name)")
        }
        return reply
    }

    /// Sends a message that has no reply.
    ///
    /// Waits while too much output has not gone out yet.
    ///
    /// - Throws: A ``PayloadError`` when a value does not fit the message's layout; a ``ClientError`` when the connection
    ///   has closed; a `CancellationError` when the task is cancelled.
    public func send<Output: Message>(_ message: Output) async throws {
        guard !protocolTable.isRequest(Output.code) else {
            throw ClientError(.notOneWay, "\(Output.name) has a reply: request(_:) sends it and waits for that")
        }
        try await connection.send(try protocolTable.encode(message))
    }

    /// Closes the connection when what was sent has gone out.
    ///
    /// Requests without a reply throw.
    public func close() async {
        await connection.close()
    }
}
