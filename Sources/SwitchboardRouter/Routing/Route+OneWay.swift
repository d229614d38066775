extension Route {
    /// The way of a message that has no reply.
    @inlinable
    static func oneWay<Handler: OneWayHandler>(_ handler: Handler, through middleware: [any Middleware]) -> Route {
        let next = Next(through: middleware[...]) { (message: Handler.Input, context) in
            try await handler.handle(message, context: context)
        }
        return Route(Handler.Input.self, awaits: !middleware.isEmpty) {
            (run, input, context, output) throws(RouteFailure) in
            // A copy, which nobody else can change: the compiler need not count references to what is read with it.
            var reader = input
            defer { input = reader }
            repeat {
                let message = try run.payload(in: &reader) { payload throws(RouteFailure) in
                    try Handler.Input.decode(&payload)
                }
                do {
                    try handler.handle(message, context: context)
                } catch is HandlerIsAsync {
                    return false
                } catch {
                    throw .handler(error)
                }
                run.handled &+= 1
            } while output.mayGoOn && run.next(in: reader)
            return true
        } respond: { (burst, context, receiver) throws(RouteFailure) in
            repeat {
                var payload = burst.takePayload()
                try await next.run(Handler.Input.decode(&payload), context)
                guard receiver.isReceiving else { break }
                burst.countHandled(replyBytes: 0)
                if !burst.output.mayGoOn { break }
            } while burst.next()
            return Bytes()
        }
    }
}
