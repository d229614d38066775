internal import SwitchboardTLS
internal import SwitchboardTransport
internal import SwitchboardWire
internal import Synchronization

/// Makes the connections of a client: the first connection, and each connection that replaces a broken one.
struct ConnectionMaker: Sendable {
    let server: ServerLocation
    let loop: EventLoop
    let table: ProtocolTable
    let configuration: ClientConfiguration
    let tls: TLSConnector?
    let dispatcher: MessageDispatcher

    /// Makes a connection: connects, completes the TLS handshake, and runs `ClientConfiguration.onConnect`.
    ///
    /// - Parameter whenEnded: Called once, when no more messages can be sent over the connection.
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
            dispatcher,
            whenEnded: whenEnded
        )
        do {
            if let tls { try await connection.start(tls, to: server.name) } else { connection.start() }
            if let onConnect = configuration.onConnect {
                // The client for `onConnect` has no incoming messages, because the client of the user gets all
                // of them. Both have the same handlers.
                let tracing = ClientTracing(configuration, table, server) { address }
                try await onConnect(Client(borrowing: connection, table, dispatcher, tracing))
            }
            return connection
        } catch {
            connection.abandon()
            throw error
        }
    }

    /// Returns the event loop that all clients of a program share.
    ///
    /// Clients are idle most of the time, so one loop serves many.
    static func sharedLoop() throws(TransportError) -> EventLoop { try loopOfClients.get() }

    private static let loopOfClients: Result<EventLoop, TransportError> = {
        do throws(TransportError) { return .success(try EventLoop(label: "switchboard.client")) } catch {
            return .failure(error)
        }
    }()
}

/// The address of a client's server, as the user gave it.
enum ServerLocation: Sendable {
    /// A host name or an IP address, and a TCP port.
    case host(String, port: Int)
    /// A Unix-domain socket.
    case unixSocket(path: String)

    /// The name that the server's certificate must have.
    var name: String {
        switch self {
        case .host(let host, _): host
        case .unixSocket: "localhost"
        }
    }
}

/// Looks up a host's addresses, and connects to the first one that accepts.
private struct Dialer {
    let loop: EventLoop
    let timeout: Duration

    /// Connects to a server.
    ///
    /// - Returns: The connected socket and the address of the server.
    func dial(_ server: ServerLocation) async throws -> ConnectionRace.Winner {
        let deadline = ContinuousClock.now + timeout
        let addresses = try await addresses(of: server)
        let left = max(ContinuousClock.now.duration(to: deadline), .zero)
        return try await connect(to: addresses, within: left)
    }

    private func addresses(of server: ServerLocation) async throws -> [SocketAddress] {
        switch server {
        case .host(let host, let port): try await SocketAddress.resolve(host: host, port: port, within: timeout)
        case .unixSocket(let path): [try SocketAddress(unixSocketPath: path)]
        }
    }

    private func connect(
        to addresses: [SocketAddress],
        within time: Duration
    ) async throws -> ConnectionRace.Winner {
        let race = Mutex<ConnectionRace?>(nil)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let begun = Connector.connect(to: addresses, on: loop, timeout: time) { result in
                    continuation.resume(with: result)
                }
                race.withLock { $0 = begun }
                // A cancellation before the race was stored would be lost.
                if Task.isCancelled { begun.cancel() }
            }
        } onCancel: {
            race.withLock { $0 }?.cancel()
        }
    }
}
