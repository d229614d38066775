extension Next {
    /// The way through `middleware`, first to last, to `handler`.
    @inlinable
    init(
        through middleware: ArraySlice<any Middleware>,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Output
    ) {
        guard let first = middleware.first else {
            body = handler
            return
        }
        let rest = Next(through: middleware.dropFirst(), handler)
        body = { message, context in
            try await first.intercept(message, context: context, next: rest)
        }
    }

    /// Goes the whole way with `message`.
    @inlinable @inline(__always)
    func run(_ message: Input, _ context: Context) async throws(RouteFailure) -> Output {
        do { return try await body(message, context) } catch { throw .handler(error) }
    }
}
