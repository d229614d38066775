// The handlers that `Router.on` makes from closures. There are four types, because a closure with a reply and a closure
// with `async` have types of their own.

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

// A closure without a reply compiles for a request too, because a request is a message. `Server` throws an error for
// such a router. The methods below make the compiler warn before that.

extension Router {
    /// Makes the compiler warn about a closure that returns no reply to a request.
    @_disfavoredOverload
    @available(*, deprecated, message: "the closure must return the request's reply")
    public mutating func on<Input: Request>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) throws -> Void
    ) {
        register(OneWayClosure(body: handler))
    }

    /// Makes the compiler warn about an `async` closure that returns no reply to a request.
    @_disfavoredOverload
    @available(*, deprecated, message: "the closure must return the request's reply")
    public mutating func on<Input: Request>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Void
    ) {
        register(AsyncOneWayClosure(body: handler))
    }
}
