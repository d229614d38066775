#if Tracing
public import SwitchboardRouter
internal import SwitchboardAddresses
public import Tracing

/// Middleware that makes a span for each message that a handler gets, and for each request that the server sends.
///
/// ```swift
/// router.use(.tracing())
/// ```
///
/// The span of a message has the kind `server`, and ends when the handler has returned or thrown. Its parent is the span that the
/// message carries in the fields with `trace` of the spec, if it has any. A request that a handler sends with `context.request` has
/// a span of the kind `client`.
///
/// Spans go to the tracer that the program has bootstrapped. Without one, the middleware only calls the handler.
public struct TracingMiddleware: Middleware {
    private let tracer: (any Tracer)?
    private let serverAddress: String?
    private let serverPort: Int?

    /// Middleware that makes spans.
    ///
    /// - Parameters:
    ///   - tracer: The tracer; `nil` for the one of `InstrumentationSystem` at the time of each message.
    ///   - serverAddress: The host name that clients connect to, for the attribute `server.address`; `nil` leaves it out.
    ///   - serverPort: The port that clients connect to, for the attribute `server.port`; `nil` leaves it out.
    public init(_ tracer: (any Tracer)? = nil, serverAddress: String? = nil, serverPort: Int? = nil) {
        self.tracer = tracer
        self.serverAddress = serverAddress
        self.serverPort = serverPort
    }

    /// Calls `next` in a span.
    public func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        try await middleware(for: Input.self, of: nil).intercept(message, context: context, next: next)
    }

    private func middleware(for message: any Message.Type, of protocolName: String?) -> MessageTracing {
        var span = MessageSpan(of: message.name, in: protocolName, .server, tracer)
        span.setServer(serverAddress, serverPort)
        return MessageTracing(span: span)
    }
}

extension TracingMiddleware: TracingHook {
    package func middleware(
        for message: any Message.Type,
        of wireProtocol: any WireProtocol.Type
    ) -> any Middleware {
        middleware(for: message, of: wireProtocol.name)
    }

    package func request<Input: Request>(
        _ message: Input,
        of wireProtocol: any WireProtocol.Type,
        to peer: SocketAddress,
        _ send: (Input) async throws -> Input.Reply
    ) async throws -> Input.Reply {
        var span = MessageSpan(of: Input.name, in: wireProtocol.name, .client, tracer)
        // The peer is the server of this request.
        span.setServer(peer.host, peer.isUnix ? nil : peer.port)
        return try await span.send(message, to: { peer }, send)
    }
}

extension Middleware where Self == TracingMiddleware {
    /// Middleware that makes a span for each message that a handler gets, and for each request that the server sends.
    ///
    /// Add it first, so that its spans include the time of other middleware.
    ///
    /// - Parameters:
    ///   - tracer: The tracer; `nil` for the one of `InstrumentationSystem` at the time of each message.
    ///   - serverAddress: The host name that clients connect to, for the attribute `server.address`; `nil` leaves it out.
    ///   - serverPort: The port that clients connect to, for the attribute `server.port`; `nil` leaves it out.
    public static func tracing(
        _ tracer: (any Tracer)? = nil,
        serverAddress: String? = nil,
        serverPort: Int? = nil
    ) -> TracingMiddleware {
        TracingMiddleware(tracer, serverAddress: serverAddress, serverPort: serverPort)
    }
}

/// The middleware for the messages of one type.
private struct MessageTracing: Middleware {
    let span: MessageSpan

    func intercept<Input: Message, Output: Sendable>(
        _ message: Input,
        context: Context,
        next: Next<Input, Output>
    ) async throws -> Output {
        // Middleware around this one may have bound a context.
        try await span.handle(
            message,
            in: .current ?? .topLevel,
            from: { context.connection.remoteAddress },
            expiry: .current
        ) {
            try await next(message, context: context)
        }
    }
}
#endif
