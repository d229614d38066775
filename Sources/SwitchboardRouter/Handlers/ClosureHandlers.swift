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
