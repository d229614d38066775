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
    /// The messages from the server that are not replies and have no handler, in the order of their arrival.
    ///
    /// `on(_:_:)` registers a handler.
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

    /// The executor that runs tasks on the event loop of the client.
    ///
    /// A request of another task passes through two threads: that of the event loop, and that of the task when the reply comes. A task
    /// that prefers this executor needs no other thread, and the requests of all such tasks go out together:
    ///
    /// ```swift
    /// await withTaskExecutorPreference(client.taskExecutor) {
    ///     for job in jobs { try await client.request(job) }
    /// }
    /// ```
    ///
    /// All clients of a program share one event loop. Such a task must not block or compute for long: while it does, no client sends or
    /// receives. Child tasks inherit the preference; actors with an executor of their own ignore it.
    public var taskExecutor: any TaskExecutor {
        switch way {
        case .link(let link): link.loop
        case .connection(let connection, _), .borrowed(let connection): connection.loop
        }
    }

    /// What the client keeps and ends.
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
    private let current: CurrentConnection
    private let protocolTable: ProtocolTable
    private let dispatcher: MessageDispatcher
    private let tracing: ClientTracing?
    /// Whether there is a `tracing`; to look there would copy it.
    @usableFromInline let isTraced: Bool

    private init(
        _ way: Way,
        _ current: CurrentConnection,
        _ table: ProtocolTable,
        _ remoteAddress: SocketAddress,
        _ dispatcher: MessageDispatcher,
        _ incoming: Unread<ArrivedMessage>,
        _ events: Unread<ConnectionEvent>,
        _ tracing: ClientTracing?
    ) {
        self.tracing = tracing
        isTraced = tracing != nil
        self.way = way
        self.current = current
        self.remoteAddress = remoteAddress
        protocolTable = table
        self.dispatcher = dispatcher
        self.incoming = IncomingMessages(unread: incoming, dispatcher: dispatcher)
        self.events = ConnectionEvents(unread: events)
    }

    /// A client of one connection, which its owner closes; it has no incoming messages.
    convenience init(
        borrowing connection: ClientConnection,
        _ table: ProtocolTable,
        _ dispatcher: MessageDispatcher,
        _ tracing: ClientTracing?
    ) {
        let current = CurrentConnection(connection)
        self.init(.borrowed(connection), current, table, connection.remoteAddress, dispatcher, .ended, .ended, tracing)
    }

    /// A client of one connection, which keeps a reference to `companion`.
    convenience init(
        owning connection: ClientConnection,
        keeping companion: (any Sendable)?,
        _ table: ProtocolTable,
        _ dispatcher: MessageDispatcher,
        _ events: Unread<ConnectionEvent>,
        _ tracing: ClientTracing?
    ) {
        let way = Way.connection(connection, keeping: companion)
        let current = CurrentConnection(connection)
        self.init(way, current, table, connection.remoteAddress, dispatcher, dispatcher.unread, events, tracing)
    }

    deinit {
        switch way {
        case .link(let link): link.abandon()
        case .connection(let connection, _):
            connection.abandon()
            dispatcher.cancelCalls()
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
        let dispatcher = configuration.makeDispatcher(events)
        let maker = ConnectionMaker(
            server: server,
            loop: try ConnectionMaker.sharedLoop(),
            table: ProtocolTable(wireProtocol),
            configuration: configuration,
            tls: tls,
            dispatcher: dispatcher
        )
        let link = ClientLink(maker, events)
        let connection = try await link.connect()
        let tracing = ClientTracing(configuration, maker.table, server) { [weak link] in link?.lastAddress }
        return Client(
            .link(link),
            link.current,
            maker.table,
            connection.remoteAddress,
            dispatcher,
            dispatcher.unread,
            events,
            tracing
        )
    }

    /// Returns the connection; if the client has none, waits for the next one.
    ///
    /// - Parameter timeout: The time to wait; `nil` for the time of the configuration. The method subtracts the time that it has
    ///   waited.
    /// - Throws: Why there is no connection; the message was not sent.
    nonisolated(nonsending) private func nextConnection(
        within timeout: inout Duration?
    ) async throws -> ClientConnection {
        switch way {
        case .link(let link):
            do { return try await link.connection(within: &timeout) } catch {
                throw (error as? ClientError)?.ofUnsentMessage ?? error
            }
        case .connection(let connection, _), .borrowed(let connection): return connection
        }
    }

    /// Sends a request and returns its reply.
    ///
    /// A timeout or the task's cancellation ends the wait only: the request is sent, and the server may still handle it. The client
    /// drops the late reply; until that reply comes, the request counts towards ``ClientConfiguration/maximumRequestsInFlight``. To
    /// cancel the handler as well, close the client, or add a message for this purpose to the protocol.
    ///
    /// If the task is already cancelled, nothing is sent. Later, a cancellation ends the wait as soon as the request has been in flight for
    /// about 10 ms, or longer if more than 5,000 requests are in flight. If the reply comes before, the method returns it.
    ///
    /// - Parameters:
    ///   - message: The request.
    ///   - header: The extra fields of its header.
    ///   - timeout: The time to wait for the reply, together with the time to wait for a connection while the client reconnects. If it
    ///     is zero or less, the client sends nothing, and throws. `nil` stands for ``ClientConfiguration/requestTimeout``.
    /// - Returns: The reply.
    /// - Throws: The protocol's error message when the server replies with one; a `PayloadError` when a value does not
    ///   fit the message's layout; a ``ClientError`` when no reply comes, with a ``ClientError/fault`` if the server
    ///   reported why it closed the connection; a `CancellationError` when the task is cancelled.
    @inlinable
    nonisolated(nonsending) public func request<Input: Request>(
        _ message: Input,
        header: some FrameHeader = NoHeader(),
        timeout: Duration? = nil
    ) async throws -> Input.Reply {
        // Inlinable, so that the compiler knows the types here. What follows is not generic, which takes less time.
        let header = HeaderBytes(of: header)
        if isTraced { return try await tracedRequest(message, header, timeout) }
        return try await reply(to: message, header, timeout)
    }

    @inlinable @inline(__always)
    nonisolated(nonsending) func reply<Input: Request>(
        to message: Input,
        _ header: HeaderBytes,
        _ timeout: Duration?
    ) async throws -> Input.Reply {
        // The compiler knows the types in this closure. A method of the class would look them up.
        let decodeReply: PendingRequest.ReplyDecoder = { request, payload, header throws(PayloadError) in
            let request = unsafe unsafeDowncast(request, to: TaskRequest<Input, Input.Reply?>.self)
            request.outcome = try Input.Reply(payload: &payload, header: header)
        }
        let request = TaskRequest(message, header, within: timeout, nil as Input.Reply?, decodeReply)
        try await exchange(request)
        return try request.outcome ?? missingReply()
    }

    @usableFromInline
    func tracedRequest<Input: Request>(
        _ message: Input,
        _ header: HeaderBytes,
        _ timeout: Duration?
    ) async throws -> Input.Reply {
        guard let tracing else { return try await reply(to: message, header, timeout) }
        return try await tracing.hook.send(message, over: tracing.link) { message in
            try await reply(to: message, header, timeout)
        }
    }

    @usableFromInline
    func missingReply<Reply>() throws -> Reply {
        throw ClientError(.protocolViolation, "a request ended without a reply")
    }

    /// Sends a request, and returns when it has its reply.
    @usableFromInline
    nonisolated(nonsending) func exchange(_ request: PendingRequest) async throws {
        if let timeout = request.timeout, timeout <= .zero {
            try protocolTable.check(request)
            throw ClientError(.timedOut, "the timeout of the request is \(timeout)").ofUnsentMessage
        }
        if let connection = current.connection { return try await connection.exchange(request) }
        let connection: ClientConnection
        do { connection = try await nextConnection(within: &request.timeout) } catch {
            // A mistake in the message comes first.
            try protocolTable.check(request)
            throw error
        }
        try await connection.exchange(request)
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
    nonisolated(nonsending) public func send<Output: Message>(
        _ message: Output,
        header: some FrameHeader = NoHeader()
    ) async throws {
        guard !(Output.self is any Request.Type) else {
            throw ClientError(.notOneWay, "\(Output.name) has a reply: use request(_:)")
        }
        let header = HeaderBytes(of: header)
        if let tracing { try await deliver(message, header, tracing) } else { try await deliver(message, header) }
    }

    private func deliver(_ message: some Message, _ header: HeaderBytes, _ tracing: ClientTracing) async throws {
        try await tracing.hook.send(message, over: tracing.link) { message in try await deliver(message, header) }
    }

    nonisolated(nonsending) private func deliver(_ message: some Message, _ header: HeaderBytes) async throws {
        let frame = try protocolTable.frame(of: message, header)
        if let connection = current.connection { return try await connection.send(frame) }
        var timeout: Duration?
        try await nextConnection(within: &timeout).send(frame)
    }

    /// Closes the connection once the pending output is sent, and does not reconnect.
    ///
    /// Pending requests throw an error. The client calls no further handler, and cancels the task of the handler that is running, whose
    /// end it does not wait for. The method waits up to a second for the server to close its side, so that no
    /// message is lost when the program ends. It does not wait when a reply is outstanding, because the server may
    /// still be handling the request.
    public func close() async {
        switch way {
        case .link(let link): await link.close()
        case .connection(let connection, _):
            await connection.close()
            // The connection may have closed before.
            dispatcher.cancelCalls()
        case .borrowed: break
        }
    }
}

// MARK: - Handlers

extension Client {
    /// Registers the handler of a message that the server sends without being asked.
    ///
    /// ```swift
    /// try client.on(Jobs.Available.self) { message in queue.add(message.job) }
    /// ```
    ///
    /// Messages of this type then go to the handler, and not to ``incoming``. Those that are unread in ``incoming`` at the time of the
    /// registration go to the handler, behind the messages that wait for other handlers already: messages that arrive before the
    /// registration are not lost. Messages without a handler stay in ``incoming``. The handler remains registered when the client
    /// reconnects. A later registration for the same type replaces it for messages that arrive from then on.
    ///
    /// One task calls all handlers of the client, one at a time, in the order in which the messages arrived. A handler may send messages
    /// and requests, because replies do not wait for handlers. While a handler is suspended, up to
    /// ``ClientConfiguration/incomingLimit`` messages wait. Beyond that, the client drops the oldest, counts it in
    /// ``IncomingMessages/droppedCount``, and reports ``ConnectionEvent/droppingMessages(total:)``.
    ///
    /// If the connection closes for good, the handlers still get the messages that arrived before. ``close()`` ends the calls at once. A
    /// handler that uses the client keeps it alive until then.
    ///
    /// The client that ``ClientConfiguration/onConnect`` gets registers handlers, too, so that they exist before the first message.
    ///
    /// - Parameters:
    ///   - type: The message. The error message of the protocol is allowed: its handler gets the errors that answer no request.
    ///   - handler: The closure to call with each message.
    /// - Throws: A ``ClientError`` when the message is not one of the protocol that the server may send by itself.
    @_disfavoredOverload
    public func on<Input: Message>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input) async -> Void
    ) throws(ClientError) {
        try protocolTable.checkHandler(of: type)
        dispatcher.register(type.code) { [tracing] message in
            guard let message = message.content as? Input else { return }
            guard let tracing else { return await handler(message) }
            try? await tracing.hook.handle(message, from: tracing.link) { await handler(message) }
        }
    }
}

extension Client {
    /// Registers the handler of a request that the server sends.
    ///
    /// ```swift
    /// try client.on(Jobs.Ask.self) { ask in Jobs.Answer(load: meter.load) }
    /// ```
    ///
    /// The client sends what the handler returns as the reply, with the number of the request in the field of the header with `correlate`.
    /// Otherwise, it calls the handler as that of `on(_:_:)` for messages without a reply: one at a time, in the order of arrival. A
    /// request without a handler stays in ``incoming``, and has no reply. The server sends such requests with
    /// `Context.request(_:header:timeout:)`, and drops a late reply. If the server sends the request as a message without a number, the
    /// client calls the handler, and sends nothing.
    ///
    /// - Parameters:
    ///   - type: The request, which the server may send, with a reply that clients may send.
    ///   - handler: The closure to call with each request. If it throws the protocol's error message, the client sends that in place of the
    ///     reply. For any other error, the client sends `Fault.internal`, without details.
    /// - Throws: A ``ClientError`` when the protocol does not allow the request or the reply, or its header has no field with `correlate`.
    public func on<Input: Request>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input) async throws -> Input.Reply
    ) throws(ClientError) {
        try protocolTable.checkHandler(of: type)
        try protocolTable.checkReply(Input.Reply.self)
        dispatcher.register(type.code) { [protocolTable, tracing] message in
            guard let request = message.content as? Input else { return }
            let handle: @Sendable () async throws -> Input.Reply = {
                guard let tracing else { return try await handler(request) }
                return try await tracing.hook.handle(request, from: tracing.link) { try await handler(request) }
            }
            guard let origin = message.origin else {
                _ = try? await handle()
                return
            }
            guard let frame = await protocolTable.reply(with: origin.header, handle) else { return }
            // If the connection has closed, the server expects no reply.
            try? await origin.connection?.send(frame)
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
        let dispatcher = configuration.makeDispatcher(events)
        let table = ProtocolTable(wireProtocol)
        let address = try SocketAddress(unixSocketPath: "embedded")
        let connection = ClientConnection(
            descriptor,
            address,
            on: loop,
            table,
            configuration,
            dispatcher,
            whenEnded: { _, error, isWanted in
                dispatcher.end(throwing: isWanted ? nil : ClientError(closedBy: error))
                events.add(.disconnected(error, retryingIn: nil))
                events.end()
            }
        )
        connection.start()
        let tracing = ClientTracing(configuration, table, nil) { address }
        return Client(owning: connection, keeping: companion, table, dispatcher, events, tracing)
    }
}
