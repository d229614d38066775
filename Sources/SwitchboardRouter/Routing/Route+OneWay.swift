extension Route {
    /// The way of a message that has no reply.
    @inlinable
    static func oneWay<Handler: OneWayHandler>(_ handler: Handler, through middleware: [any Middleware]) -> Route {
        let next = Next(through: middleware[...]) { (message: Handler.Input, context) in
            try await handler.handle(message, context: context)
        }
        return Route(Handler.Input.self, awaits: !middleware.isEmpty) {
            (payload, context, output) throws(RouteFailure) in
            let message = try Handler.Input.decode(&payload)
            do {
                try handler.handle(message, context: context)
            } catch is HandlerIsAsync {
                return false
            } catch {
                throw .handler(error)
            }
            output.beginReply()
            return true
        } respond: { (payload, context, replies) throws(RouteFailure) in
            var reader = ByteReader(payload)
            let message = try Handler.Input.decode(&reader)
            try await next.run(message, context)
            replies.openOutput?.beginReply()
            return Bytes()
        }
    }
}
