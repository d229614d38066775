extension Route {
    /// The way of a request.
    @inlinable
    static func request<Handler: RequestHandler>(
        _ handler: Handler,
        through middleware: [any Middleware],
        _ encoder: FrameEncoder
    ) -> Route {
        let next = Next(through: middleware[...]) { (message: Handler.Input, context) in
            try await handler.handle(message, context: context)
        }
        return Route(Handler.Input.self, awaits: !middleware.isEmpty) {
            (payload, context, output) throws(RouteFailure) in
            let reply: Handler.Input.Reply
            do {
                // Here, to be gone before the reply is encoded: what it hands on to that is not counted twice then.
                let message = try Handler.Input.decode(&payload)
                reply = try handler.handle(message, context: context)
            } catch is HandlerIsAsync {
                return false
            } catch let failure as RouteFailure {
                throw failure
            } catch {
                throw .handler(error)
            }
            do throws(PayloadError) {
                output.beginReply()
                try encoder.encode(reply, header: context.headerBytes, into: &output.writer)
            } catch {
                throw .unencodableReply(error)
            }
            return true
        } respond: { (payload, context, replies) throws(RouteFailure) in
            var reader = ByteReader(payload)
            let message = try Handler.Input.decode(&reader)
            let reply = try await next.run(message, context)
            do throws(PayloadError) {
                guard let output = replies.openOutput else {
                    return try encoder.encode(reply, header: context.headerBytes)
                }
                output.beginReply()
                try encoder.encode(reply, header: context.headerBytes, into: &output.writer)
                return Bytes()
            } catch {
                throw .unencodableReply(error)
            }
        }
    }
}
