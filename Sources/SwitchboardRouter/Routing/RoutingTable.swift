/// For each code, the way to its handler.
package final class RoutingTable: Sendable {
    private let routes: [MessageCode: Route]
    private let names: [MessageCode: String]
    private let unhandled: (@Sendable (UnhandledMessage, Context) throws -> Void)?
    private let disconnectHandlers: [@Sendable (any Connection) -> Void]

    /// The same routes for whoever looks one up for every message; valid for as long as the table lives.
    package let index: RouteIndex

    init(
        _ routes: [MessageCode: Route],
        clientMessages: [any Message.Type],
        unhandled: (@Sendable (UnhandledMessage, Context) throws -> Void)?,
        _ disconnectHandlers: [@Sendable (any Connection) -> Void]
    ) {
        self.routes = routes
        index = RouteIndex(routes)
        names = Dictionary(clientMessages.map { ($0.code, $0.name) }, uniquingKeysWith: { first, _ in first })
        self.unhandled = unhandled
        self.disconnectHandlers = disconnectHandlers
    }

    deinit {
        index.deallocate()
    }

    /// The route of the messages with `code`.
    package subscript(code: MessageCode) -> Route? {
        routes[code]
    }

    /// Takes a message without a route.
    ///
    /// - Throws: ``RouteFailure/unhandled(name:)`` when nobody asked for such messages; what the closure threw otherwise.
    package func handleUnhandled(_ code: MessageCode, payload: Bytes, context: Context) throws(RouteFailure) {
        guard let unhandled else { throw .unhandled(name: names[code]) }
        do {
            try unhandled(UnhandledMessage(code: code, name: names[code], payload: payload), context)
        } catch {
            throw .handler(error)
        }
    }

    /// Tells those who want to know that `connection` has closed.
    package func noteDisconnected(_ connection: any Connection) {
        for handler in disconnectHandlers { handler(connection) }
    }
}

/// A handler that waits to be put in the table: only then is it known what middleware surrounds it.
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

/// The routes of a table by code, lent without counting references: nothing else on the way of a message has to.
///
/// It owns nothing. The table that made it owns the routes and its memory, and neither changes while the table lives.
@safe @usableFromInline
package struct RouteIndex: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutablePointer<Unmanaged<Route>?>
    /// One more than the highest code.
    @usableFromInline let count: Int

    init(_ routes: [MessageCode: Route]) {
        count = Int(routes.keys.max() ?? 0) + 1
        unsafe base = .allocate(capacity: count)
        unsafe base.initialize(repeating: nil, count: count)
        for (code, route) in routes { unsafe base[Int(code)] = Unmanaged.passUnretained(route) }
    }

    func deallocate() {
        unsafe base.deallocate()
    }

    /// Calls `body` with the route of the messages with `code`; returns whether there is one.
    @inlinable @inline(__always)
    package func withRoute(
        for code: MessageCode,
        _ body: (Route) throws(RouteFailure) -> Void
    ) throws(RouteFailure) -> Bool {
        guard Int(code) < count, let route = unsafe base[Int(code)] else { return false }
        var failure: RouteFailure?
        unsafe route._withUnsafeGuaranteedRef { route in
            do throws(RouteFailure) { try body(route) } catch { failure = error }
        }
        if let failure { throw failure }
        return true
    }
}
