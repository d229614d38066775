// From a message to its handler, in order: `Router` collects registrations, `RoutingTable` holds a `Route` for each message
// code, `MessageCycle` decodes a message, calls the handler (Handlers/) through middleware (`Middleware`), and encodes the
// reply. `ReadBurst` is what a task handles when the handler is `async`. Handlers get a `Context`, with the `Connection` and the
// `Session` of the peer.

/// Puts each message through to the handler that was registered for it.
///
/// ```swift
/// var router = Router(NET001.self)
/// router.register(Shout())
/// router.on(NET001.Ping.self) { ping, context in NET001.Pong(timestamp: ping.timestamp) }
/// ```
public struct Router: Sendable {
    /// The protocol whose messages are handled.
    public let wireProtocol: any WireProtocol.Type

    @usableFromInline var registrations: [Registration] = []
    private var middleware: [(any Middleware, only: Set<ObjectIdentifier>?)] = []
    private var unhandled: (@Sendable (UnhandledMessage, Context) throws -> Void)?
    private var disconnectHandlers: [@Sendable (any Connection) -> Void] = []

    /// A router without handlers.
    ///
    /// - Parameter wireProtocol: The protocol to speak, as generated from its spec.
    public init(_ wireProtocol: any WireProtocol.Type) {
        self.wireProtocol = wireProtocol
    }

    // MARK: Handlers

    /// Registers the handler of a request.
    @inlinable
    public mutating func register<Handler: RequestHandler>(_ handler: Handler) {
        registrations.append(
            Registration(Handler.Input.self, returnsReply: true) { middleware, encoder in
                .make(RoutedRequestHandler(handler, encoder), through: middleware)
            }
        )
    }

    /// Registers the handler of a message that has no reply.
    @inlinable
    public mutating func register<Handler: OneWayHandler>(_ handler: Handler) {
        registrations.append(
            Registration(Handler.Input.self, returnsReply: false) { middleware, _ in
                .make(RoutedOneWayHandler(handler), through: middleware)
            }
        )
    }

    /// Registers a closure that answers requests of type `type`.
    public mutating func on<Input: Request>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) throws -> Input.Reply
    ) {
        register(RequestClosure(body: handler))
    }

    /// Registers a closure that answers requests of type `type`, and waits for something to do so.
    public mutating func on<Input: Request>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Input.Reply
    ) {
        register(AsyncRequestClosure(body: handler))
    }

    /// Registers a closure that takes messages of type `type`, which have no reply.
    @_disfavoredOverload
    public mutating func on<Input: Message>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) throws -> Void
    ) {
        register(OneWayClosure(body: handler))
    }

    /// Registers a closure that takes messages of type `type`, which have no reply, and waits for something to do so.
    @_disfavoredOverload
    public mutating func on<Input: Message>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Void
    ) {
        register(AsyncOneWayClosure(body: handler))
    }

    /// Takes every message of the protocol that has no handler, and every code that it does not have.
    ///
    /// Without it the peer is answered with the fault `Fault.unknownType`. The closure may throw, as handlers do.
    public mutating func onUnhandled(_ handler: @escaping @Sendable (UnhandledMessage, Context) throws -> Void) {
        unhandled = handler
    }

    // MARK: Connections

    /// Calls `handler` with each connection that has closed, for whatever reason: the place to forget a peer.
    ///
    /// It runs on the connection's event loop, and must not block it. What it is given can still be asked who it was;
    /// what is sent to it goes nowhere.
    public mutating func onDisconnect(_ handler: @escaping @Sendable (any Connection) -> Void) {
        disconnectHandlers.append(handler)
    }

    // MARK: Middleware

    /// Surrounds the handling of all messages, inside the middleware added before.
    public mutating func use(_ middleware: some Middleware) {
        self.middleware.append((middleware, only: nil))
    }

    /// Surrounds the handling of messages of some types, inside the middleware added before.
    public mutating func use(_ middleware: some Middleware, for types: any Message.Type...) {
        self.middleware.append((middleware, only: Set(types.map { ObjectIdentifier($0) })))
    }

    // MARK: The table

    /// The messages that clients may send and nobody handles, in order of their codes.
    public var unhandledMessages: [any Message.Type] {
        let handled = Set(registrations.map { $0.message.code })
        return clientMessages.filter { !handled.contains($0.code) }
    }

    /// What the registrations come to.
    ///
    /// - Throws: The first mistake in them.
    package func makeTable() throws(RouterError) -> RoutingTable {
        var routes: [MessageCode: Route] = [:]
        for registration in registrations {
            let message = registration.message
            if let code = mistake(in: registration, routes) {
                throw RouterError(code: code, message: message.name, wireProtocol: wireProtocol.name)
            }
            let surrounding = middleware.filter { $0.only?.contains(ObjectIdentifier(message)) ?? true }.map { $0.0 }
            routes[message.code] = registration.makeRoute(surrounding, FrameEncoder(wireProtocol.frameFormat))
        }
        return RoutingTable(routes, clientMessages: clientMessages, unhandled: unhandled, disconnectHandlers)
    }

    private func mistake(in registration: Registration, _ routes: [MessageCode: Route]) -> RouterError.Code? {
        let message = registration.message
        guard wireProtocol.messages.contains(where: { $0 == message }) else { return .foreignMessage }
        guard clientMessages.contains(where: { $0 == message }) else { return .notSentByClients }
        guard registration.returnsReply == (message is any Request.Type) else { return .missingReply }
        return routes[message.code] == nil ? nil : .duplicateHandler
    }

    /// The messages that a handler may be registered for.
    private var clientMessages: [any Message.Type] {
        let errorMessage: (any Message.Type)? = wireProtocol.errorMessage
        return wireProtocol.messages.filter { $0.sender != .server && $0 != errorMessage }
    }
}

/// A message of the protocol that no handler was registered for.
public struct UnhandledMessage: Sendable {
    /// Its code.
    public let code: MessageCode

    /// Its name in the spec, or `nil` when the spec has no message with this code that a client may send.
    public let name: String?

    /// Its payload, as it came.
    public let payload: Bytes
}
