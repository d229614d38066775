extension Route {
    /// The way of a request.
    @inlinable
    static func request<Handler: RequestHandler>(
        _ handler: Handler,
        through middleware: [any Middleware],
        _ encoder: FrameEncoder
    ) -> Route {
        let isDirect = middleware.isEmpty
        let next = Next(through: middleware[...]) { (message: Handler.Input, context) in
            try await handler.handle(message, context: context)
        }
        return Route(Handler.Input.self, awaits: !middleware.isEmpty) {
            (run, input, context, output) throws(RouteFailure) in
            // A copy, which nobody else can change: the compiler need not count references to what is read with it.
            var reader = input
            defer { input = reader }
            repeat {
                let reply: Handler.Input.Reply
                do {
                    // Here, to be gone before the reply is encoded: what it hands on to that is not counted twice then.
                    let message = try run.payload(in: &reader) { payload throws(RouteFailure) in
                        try Handler.Input.decode(&payload)
                    }
                    reply = try handler.handle(message, context: context)
                } catch is HandlerIsAsync {
                    return false
                } catch let failure as RouteFailure {
                    throw failure
                } catch {
                    throw .handler(error)
                }
                do throws(PayloadError) {
                    let start = output.writer.count
                    try encoder.encode(reply, header: context.headerBytes, into: &output.writer)
                    run.handled &+= 1
                    run.replyBytes &+= output.writer.count &- start
                } catch {
                    throw .unencodableReply(error)
                }
            } while output.mayGoOn && run.next(in: reader)
            return true
        } respond: { (burst, context, receiver) throws(RouteFailure) in
            repeat {
                var payload = burst.takePayload()
                let message = try Handler.Input.decode(&payload)
                let reply =
                    try await isDirect ? handler.answer(message, context) : next.run(message, context)
                do throws(PayloadError) {
                    guard receiver.isReceiving else {
                        return try encoder.encode(reply, header: context.headerBytes)
                    }
                    let start = burst.output.writer.count
                    try encoder.encode(reply, header: context.headerBytes, into: &burst.output.writer)
                    burst.countHandled(replyBytes: burst.output.writer.count &- start)
                    if !burst.output.mayGoOn { break }
                } catch {
                    throw .unencodableReply(error)
                }
            } while burst.next()
            return Bytes()
        }
    }
}

extension RequestHandler {
    /// What `next.run` does where no middleware is on the way, without what a closure that waits costs.
    @inlinable @inline(__always)
    func answer(_ message: Input, _ context: Context) async throws(RouteFailure) -> Input.Reply {
        do { return try await handle(message, context: context) } catch { throw .handler(error) }
    }
}
