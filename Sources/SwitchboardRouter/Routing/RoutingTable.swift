/// For each code, the way to its handler.
package struct RoutingTable: Sendable {
    /// Indexed by code, as far as the highest code of the protocol.
    private var routes: [Route?]
    private let names: [MessageCode: String]
    private let unhandled: (@Sendable (UnhandledMessage, Context) throws -> Void)?

    init(
        clientMessages: [any Message.Type],
        unhandled: (@Sendable (UnhandledMessage, Context) throws -> Void)?
    ) {
        let highest = clientMessages.map { Int($0.code) }.max() ?? 0
        routes = Array(repeating: nil, count: highest + 1)
        names = Dictionary(clientMessages.map { ($0.code, $0.name) }, uniquingKeysWith: { first, _ in first })
        self.unhandled = unhandled
    }

    package internal(set) subscript(code: MessageCode) -> Route? {
        get { Int(code) < routes.count ? routes[Int(code)] : nil }
        set { routes[Int(code)] = newValue }
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
}
