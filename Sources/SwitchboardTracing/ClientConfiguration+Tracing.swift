#if Tracing
public import SwitchboardClient
internal import SwitchboardWire
public import Tracing

extension ClientConfiguration {
    /// Makes a span for each message that the client sends, and for each message that a handler of `Client.on(_:_:)` gets.
    ///
    /// ```swift
    /// configuration.useTracing()
    /// ```
    ///
    /// The span of a message that the client sends has the kind `client`. It ends with the reply, the error or the timeout; that of a
    /// one-way message when the message is passed to the connection. Its parent is the span of the calling task. The message carries
    /// the span to the server in the fields with `trace` of the spec, if it has any. The span of a message that a handler gets has
    /// the kind `server`. Heartbeats have no spans.
    ///
    /// - Parameter tracer: The tracer; `nil` for the one of `InstrumentationSystem` at the time of each message. Without one, the
    ///   client only sends the message.
    public mutating func useTracing(_ tracer: (any Tracer)? = nil) {
        tracing = ClientSpans(tracer: tracer)
    }
}

/// Makes the spans of a client.
private struct ClientSpans: ClientTracingHook {
    let tracer: (any Tracer)?

    func send<Input: Message, Output: Sendable>(
        _ message: Input,
        over link: TracedLink,
        _ send: (Input) async throws -> Output
    ) async throws -> Output {
        var span = MessageSpan(of: Input.name, in: link.protocolName, .client, tracer)
        span.setServer(link.host, link.port)
        return try await span.send(message, to: link.peer, send)
    }

    func handle<Input: Message, Output: Sendable>(
        _ message: Input,
        from link: TracedLink,
        _ handle: () async throws -> Output
    ) async throws -> Output {
        let span = MessageSpan(of: Input.name, in: link.protocolName, .server, tracer)
        // The task that calls handlers has the context of the code that registered the first one, which has sent no message.
        return try await span.handle(message, in: .topLevel, from: link.peer, expiry: nil, handle)
    }
}
#endif
