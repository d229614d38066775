/// The way of a request.
final class RequestRoute<Handler: RequestHandler>: Route, @unchecked Sendable {
    private let handler: Handler
    private let middleware: [any Middleware]
    private let encoder: FrameEncoder

    init(_ handler: Handler, middleware: [any Middleware], encoder: FrameEncoder) {
        self.handler = handler
        self.middleware = middleware
        self.encoder = encoder
        super.init(Handler.Input.self, awaits: !middleware.isEmpty)
    }

    override func handle(
        _ payload: inout ByteReader,
        context: Context,
        output: any FrameOutput
    ) throws(RouteFailure) -> Bool {
        let start = payload.mark
        let message = try Handler.Input.decode(&payload)
        let reply: Handler.Input.Reply
        do {
            reply = try handler.handle(message, context: context)
        } catch is HandlerIsAsync {
            markAsync()
            payload.rewind(to: start)
            return false
        } catch {
            throw .handler(error)
        }
        var failure: PayloadError?
        output.write { writer in
            do throws(PayloadError) { try encoder.encode(reply, into: &writer) } catch { failure = error }
        }
        if let failure { throw .unencodableReply(failure) }
        return true
    }

    override func respond(to payload: Bytes, context: Context) async throws(RouteFailure) -> Bytes {
        var reader = ByteReader(payload)
        let message = try Handler.Input.decode(&reader)
        let reply = try await run(message, context, through: middleware[...]) { [handler] message, context in
            try await handler.handle(message, context: context)
        }
        do throws(PayloadError) { return try encoder.encode(reply) } catch { throw .unencodableReply(error) }
    }
}
