// What `Router.on` makes of a closure: four small types, since whether a closure waits is part of its type.

struct RequestClosure<Input: Request>: RequestHandler {
    let body: @Sendable (Input, Context) throws -> Input.Reply

    func handle(_ message: Input, context: Context) throws -> Input.Reply {
        try body(message, context)
    }
}

struct AsyncRequestClosure<Input: Request>: RequestHandler {
    let body: @Sendable (Input, Context) async throws -> Input.Reply

    func handle(_ message: Input, context: Context) async throws -> Input.Reply {
        try await body(message, context)
    }
}

struct OneWayClosure<Input: Message>: OneWayHandler {
    let body: @Sendable (Input, Context) throws -> Void

    func handle(_ message: Input, context: Context) throws {
        try body(message, context)
    }
}

struct AsyncOneWayClosure<Input: Message>: OneWayHandler {
    let body: @Sendable (Input, Context) async throws -> Void

    func handle(_ message: Input, context: Context) async throws {
        try await body(message, context)
    }
}

// A closure without a reply for a request compiles, since a request is a message too. The server refuses such a router;
// these let the compiler point at the place before that.

extension Router {
    /// Warns of a closure that returns no reply to a request.
    @_disfavoredOverload
    @available(*, deprecated, message: "the closure must return the request's reply")
    public mutating func on<Input: Request>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) throws -> Void
    ) {
        register(OneWayClosure(body: handler))
    }

    /// Warns of a closure that waits and returns no reply to a request.
    @_disfavoredOverload
    @available(*, deprecated, message: "the closure must return the request's reply")
    public mutating func on<Input: Request>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Void
    ) {
        register(AsyncOneWayClosure(body: handler))
    }
}
