/// Calls the handler of each message.
///
/// ```swift
/// var router = Router(NET001.self)
/// router.register(Shout())
/// router.on(NET001.Ping.self) { ping, context in NET001.Pong(timestamp: ping.timestamp) }
/// ```
public struct Router: Sendable {
    /// The protocol of the messages.
    public let wireProtocol: any WireProtocol.Type

    @usableFromInline var registrations: [Registration] = []
    private var middleware: [(any Middleware, only: Set<ObjectIdentifier>?)] = []
    var timeouts: [(message: any Message.Type, HandlerTimeout)] = []
    private var unhandled: (@Sendable (UnhandledMessage, Context) throws -> Void)?
    private var connectHandlers: [@Sendable (Context) throws -> Void] = []
    private var disconnectHandlers: [@Sendable (any Connection, DisconnectReason) -> Void] = []

    /// A router without handlers.
    ///
    /// - Parameter wireProtocol: The protocol, as generated from its spec.
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

    /// Registers the handler of a one-way message.
    @inlinable
    public mutating func register<Handler: OneWayHandler>(_ handler: Handler) {
        registrations.append(
            Registration(Handler.Input.self, returnsReply: false) { middleware, _ in
                .make(RoutedOneWayHandler(handler), through: middleware)
            }
        )
    }

    /// Registers a closure that handles requests of type `type`.
    public mutating func on<Input: Request>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) throws -> Input.Reply
    ) {
        register(RequestClosure(body: handler))
    }

    /// Registers an `async` closure that handles requests of type `type`.
    public mutating func on<Input: Request>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Input.Reply
    ) {
        register(AsyncRequestClosure(body: handler))
    }

    /// Registers a closure that handles one-way messages of type `type`.
    @_disfavoredOverload
    public mutating func on<Input: Message>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) throws -> Void
    ) {
        register(OneWayClosure(body: handler))
    }

    /// Registers an `async` closure that handles one-way messages of type `type`.
    @_disfavoredOverload
    public mutating func on<Input: Message>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Void
    ) {
        register(AsyncOneWayClosure(body: handler))
    }

    /// Registers a closure for every message without a handler, and for every code that the protocol does not have.
    ///
    /// Without it the server rejects such messages with `Fault.unknownType`. The closure may throw what handlers throw.
    public mutating func onUnhandled(_ handler: @escaping @Sendable (UnhandledMessage, Context) throws -> Void) {
        unhandled = handler
    }

    // MARK: Connections

    /// Registers a closure that is called for each new connection, before its first message is handled.
    ///
    /// The closure runs on the connection's event loop, which it must not block. It may send messages and join rooms.
    /// The peer is not authenticated yet. With TLS, the server calls the closure when the handshake is done.
    ///
    /// When the closure throws the protocol's error message, the server sends that message to the peer and closes the
    /// connection. For any other error, the server sends `Fault.internal`, without details.
    public mutating func onConnect(_ handler: @escaping @Sendable (Context) throws -> Void) {
        connectHandlers.append(handler)
    }

    /// Registers a closure that is called for each connection that has closed, so that you can remove the state of the
    /// peer.
    ///
    /// The server calls the closure once for each connection for which it has called the closures of ``onConnect(_:)``,
    /// or would have called them. The closure runs on the connection's event loop, which it must not block, and never
    /// inside a call of a handler, such as a `send` that closes the connection: it may take a lock under which handlers
    /// send. The connection still has its session, and is still in its rooms; the server drops messages to it.
    public mutating func onDisconnect(_ handler: @escaping @Sendable (any Connection) -> Void) {
        disconnectHandlers.append { connection, _ in handler(connection) }
    }

    /// Registers a closure that is called with the reason for each connection that has closed.
    ///
    /// The server calls it as it calls the closures without a reason.
    public mutating func onDisconnect(_ handler: @escaping @Sendable (any Connection, DisconnectReason) -> Void) {
        disconnectHandlers.append(handler)
    }

    // MARK: Middleware

    /// Adds middleware for all messages, inside the middleware added before.
    public mutating func use(_ middleware: some Middleware) {
        self.middleware.append((middleware, only: nil))
    }

    /// Adds middleware for messages of some types, inside the middleware added before.
    public mutating func use(_ middleware: some Middleware, for types: any Message.Type...) {
        self.middleware.append((middleware, only: Set(types.map { ObjectIdentifier($0) })))
    }

    // MARK: The table

    /// The messages that clients may send and that have no handler, in order of their codes.
    public var unhandledMessages: [any Message.Type] {
        let handled = Set(registrations.map { $0.message.code })
        let replies = wireProtocol.peerReplyCodes
        return clientMessages.filter { !handled.contains($0.code) && !replies.contains($0.code) }
    }

    /// Makes the routing table.
    ///
    /// - Throws: The first mistake in the registrations.
    package func makeTable() throws(RouterError) -> RoutingTable {
        var routes: [MessageCode: Route] = [:]
        for registration in registrations {
            let message = registration.message
            if let code = mistake(in: registration, routes) {
                throw RouterError(code: code, message: message.name, wireProtocol: wireProtocol.name)
            }
            let surrounding = middleware(around: message).map { middleware in
                (middleware as? any TracingHook)?.middleware(for: message, of: wireProtocol) ?? middleware
            }
            routes[message.code] = registration.makeRoute(
                surrounding,
                FrameEncoder(wireProtocol.frameFormat, as: .server)
            )
        }
        return RoutingTable(
            routes,
            timeouts: try checkedTimeouts(routes),
            clientMessages: clientMessages,
            tracing: tracingHooks,
            notesTimeouts: !timeouts.isEmpty && middleware.contains { $0.0 is any TracingHook },
            unhandled: unhandled,
            connectHandlers,
            disconnectHandlers
        )
    }

    /// Returns the middleware for messages of type `message`, from the outermost to the innermost.
    private func middleware(around message: any Message.Type) -> [any Middleware] {
        middleware.filter { $0.only?.contains(ObjectIdentifier(message)) ?? true }.map { $0.0 }
    }

    /// The middleware that traces the requests of the server, by the codes of their messages.
    private var tracingHooks: [MessageCode: any TracingHook] {
        var result: [MessageCode: any TracingHook] = [:]
        for message in wireProtocol.messages where message.sender != .client && message is any Request.Type {
            result[message.code] = middleware(around: message).lazy.compactMap { $0 as? any TracingHook }.first
        }
        return result
    }

    /// Returns the timeouts of the handlers by the codes of their messages.
    private func checkedTimeouts(_ routes: [MessageCode: Route]) throws(RouterError) -> [MessageCode: HandlerTimeout] {
        var result: [MessageCode: HandlerTimeout] = [:]
        for (message, timeout) in timeouts {
            let isHandled = routes[message.code] != nil && clientMessages.contains { $0 == message }
            let errorType = timeout.error.map { type(of: $0) as any ErrorMessage.Type }
            let code: RouterError.Code? =
                if !isHandled { .missingHandler } else if timeout.duration <= .zero {
                    .invalidTimeout
                } else if let errorType,
                    errorType != wireProtocol.errorMessage
                { .foreignError } else { nil }
            if let code { throw RouterError(code: code, message: message.name, wireProtocol: wireProtocol.name) }
            result[message.code] = timeout
        }
        return result
    }

    private func mistake(in registration: Registration, _ routes: [MessageCode: Route]) -> RouterError.Code? {
        let message = registration.message
        guard wireProtocol.messages.contains(where: { $0 == message }) else { return .foreignMessage }
        guard clientMessages.contains(where: { $0 == message }) else { return .notSentByClients }
        guard registration.returnsReply == (message is any Request.Type) else { return .missingReply }
        return routes[message.code] == nil ? nil : .duplicateHandler
    }

    /// The messages for which a handler can be registered.
    private var clientMessages: [any Message.Type] {
        let errorMessage: (any Message.Type)? = wireProtocol.errorMessage
        return wireProtocol.messages.filter { $0.sender != .server && $0 != errorMessage }
    }
}

extension WireProtocol {
    /// The codes of the messages with which peers reply to requests of the server.
    package static var peerReplyCodes: Set<MessageCode> {
        guard frameFormat.correlation != nil else { return [] }
        return Set(
            messages.compactMap { $0.sender == .client ? nil : ($0 as? any Request.Type)?.replyFromClient?.code }
        )
    }
}

extension Request {
    /// The reply, if clients may send it.
    fileprivate static var replyFromClient: (any Message.Type)? { Reply.sender == .server ? nil : Reply.self }
}

/// A message without a registered handler.
public struct UnhandledMessage: Sendable {
    /// The code of the message.
    public let code: MessageCode

    /// The name in the spec; `nil` when the spec has no message with this code that clients may send.
    public let name: String?

    /// The undecoded payload.
    public let payload: Bytes
}
