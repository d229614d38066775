/// The way of a message that has no reply.
final class OneWayRoute<Handler: OneWayHandler>: Route, @unchecked Sendable {
    private let handler: Handler
    private let middleware: [any Middleware]

    init(_ handler: Handler, middleware: [any Middleware]) {
        self.handler = handler
        self.middleware = middleware
        super.init(Handler.Input.self, awaits: !middleware.isEmpty)
    }

    override func handle(
        _ payload: inout ByteReader,
        context: Context,
        output: any FrameOutput
    ) throws(RouteFailure) -> Bool {
        let start = payload.mark
        let message = try Handler.Input.decode(&payload)
        do {
            try handler.handle(message, context: context)
        } catch is HandlerIsAsync {
            markAsync()
            payload.rewind(to: start)
            return false
        } catch {
            throw .handler(error)
        }
        return true
    }

    override func respond(to payload: Bytes, context: Context) async throws(RouteFailure) -> Bytes {
        var reader = ByteReader(payload)
        let message = try Handler.Input.decode(&reader)
        try await run(message, context, through: middleware[...]) { [handler] message, context in
            try await handler.handle(message, context: context)
        }
        return Bytes()
    }
}
