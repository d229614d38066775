/// The routes of a router by code, with its other closures.
package final class RoutingTable: Sendable {
    private let routes: [MessageCode: Route]
    private let names: [MessageCode: String]
    private let unhandled: (@Sendable (UnhandledMessage, Context) throws -> Void)?
    private let connectHandlers: [@Sendable (Context) throws -> Void]
    private let disconnectHandlers: [@Sendable (any Connection, DisconnectReason) -> Void]

    /// The timeouts of `async` handlers; most servers have none.
    package let timeouts: [MessageCode: HandlerTimeout]

    /// The middleware that traces the requests of the server, by their codes; most servers have none.
    package let tracing: [MessageCode: any TracingHook]

    /// Whether middleware around handlers asks for ``HandlerExpiry/current``.
    package let notesTimeouts: Bool

    /// The same routes for a faster look-up; valid as long as the table lives.
    package let index: RouteIndex

    init(
        _ routes: [MessageCode: Route],
        timeouts: [MessageCode: HandlerTimeout],
        clientMessages: [any Message.Type],
        tracing: [MessageCode: any TracingHook],
        notesTimeouts: Bool,
        unhandled: (@Sendable (UnhandledMessage, Context) throws -> Void)?,
        _ connectHandlers: [@Sendable (Context) throws -> Void],
        _ disconnectHandlers: [@Sendable (any Connection, DisconnectReason) -> Void]
    ) {
        self.routes = routes
        self.timeouts = timeouts
        self.tracing = tracing
        self.notesTimeouts = notesTimeouts
        index = RouteIndex(routes)
        names = Dictionary(clientMessages.map { ($0.code, $0.name) }, uniquingKeysWith: { first, _ in first })
        self.unhandled = unhandled
        self.connectHandlers = connectHandlers
        self.disconnectHandlers = disconnectHandlers
    }

    deinit {
        index.deallocate()
    }

    /// The route of the messages with `code`.
    package subscript(code: MessageCode) -> Route? {
        routes[code]
    }

    /// Handles a message without a route.
    ///
    /// - Throws: ``RouteFailure/unhandled(name:)`` when no closure is registered, or the error that the closure
    ///   threw.
    package func handleUnhandled(_ code: MessageCode, payload: Bytes, context: Context) throws(RouteFailure) {
        guard let unhandled else { throw .unhandled(name: names[code]) }
        do {
            try unhandled(UnhandledMessage(code: code, name: names[code], payload: payload), context)
        } catch {
            throw .handler(error)
        }
    }

    /// Calls the closures of `onConnect` for a new connection, in order.
    ///
    /// - Throws: The first error that a closure throws; the closures after it are not called.
    package func noteConnected(_ connection: any Connection) throws {
        guard !connectHandlers.isEmpty else { return }
        let context = Context(connection: connection)
        for handler in connectHandlers { try handler(context) }
    }

    /// Calls the closures of `onDisconnect` for a connection that has closed, in order.
    package func noteDisconnected(_ connection: any Connection, _ reason: DisconnectReason) {
        for handler in disconnectHandlers { handler(connection, reason) }
    }
}

/// A registered handler, whose route is made with the table, when all middleware is known.
@usableFromInline
struct Registration: Sendable {
    let message: any Message.Type
    /// Whether the handler returns a reply.
    let returnsReply: Bool
    let makeRoute: @Sendable ([any Middleware], FrameEncoder) -> Route

    @usableFromInline
    init(
        _ message: any Message.Type,
        returnsReply: Bool,
        makeRoute: @escaping @Sendable ([any Middleware], FrameEncoder) -> Route
    ) {
        self.message = message
        self.returnsReply = returnsReply
        self.makeRoute = makeRoute
    }
}
