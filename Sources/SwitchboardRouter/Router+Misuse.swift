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
