#if Tracing
internal import SwitchboardAddresses
internal import SwitchboardClient
internal import SwitchboardRouter
internal import Tracing

/// The spans of messages of one type and one direction.
///
/// Names and attributes are those of OpenTelemetry's semantic conventions for RPC.
struct MessageSpan: Sendable {
    /// The highest number of Unicode scalars of the message in the status of a span; the rest is replaced by `…`.
    static let maximumStatusLength = 500

    private let service: String?
    private let method: String
    private let kind: SpanKind
    private let tracer: (any Tracer)?
    private var server: (address: String?, port: Int?) = (nil, nil)

    /// - Parameters:
    ///   - method: The name of the message.
    ///   - service: The name of its protocol; `nil` if it is not known.
    ///   - kind: The kind of the spans.
    ///   - tracer: The tracer; `nil` for the one of `InstrumentationSystem`.
    init(of method: String, in service: String?, _ kind: SpanKind, _ tracer: (any Tracer)?) {
        self.service = service
        self.method = method
        self.kind = kind
        self.tracer = tracer
    }

    /// Sets the values of `server.address` and `server.port`; `nil` leaves the attribute out.
    mutating func setServer(_ address: String?, _ port: Int?) {
        server = (address, port)
    }

    // MARK: Messages

    /// Sends a message with the context of a new span, by calling `send`.
    ///
    /// If the message with the context does not fit its layout, it is sent without.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - peer: Returns the address of the receiver, when the message was sent.
    ///   - send: Sends a message.
    func send<Input: Message, Output>(
        _ message: Input,
        to peer: () -> SocketAddress?,
        _ send: (Input) async throws -> Output
    ) async throws -> Output {
        guard let instrument else { return try await send(message) }
        return try await run(in: .current ?? .topLevel, peer, expiry: nil) { context in
            guard !Input.traceKeys.isEmpty else { return try await send(message) }
            var carrier = message
            instrument.inject(context, into: &carrier, using: TraceInjector())
            do { return try await send(carrier) } catch is PayloadError { return try await send(message) }
        }
    }

    /// Handles a message in a new span, by calling `handle`.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - context: The context of the span if the message carries none.
    ///   - peer: Returns the address of the sender.
    ///   - expiry: Says whether the timeout of the handler has passed; `nil` if it has none.
    ///   - handle: Calls the handler.
    func handle<Input: Message, Output>(
        _ message: Input,
        in context: ServiceContext,
        from peer: () -> SocketAddress?,
        expiry: HandlerExpiry?,
        _ handle: () async throws -> Output
    ) async throws -> Output {
        guard let instrument else { return try await handle() }
        var context = context
        if !Input.traceKeys.isEmpty { instrument.extract(message, into: &context, using: TraceExtractor()) }
        return try await run(in: context, peer, expiry: expiry) { _ in try await handle() }
    }

    /// The instrument that injects and extracts contexts; `nil` if the program has bootstrapped none.
    private var instrument: (any Instrument)? {
        if let tracer { return tracer }
        let instrument = InstrumentationSystem.instrument
        return instrument is NoOpInstrument ? nil : instrument
    }

    // MARK: Spans

    private func run<Output>(
        in context: ServiceContext,
        _ peer: () -> SocketAddress?,
        expiry: HandlerExpiry?,
        _ operation: (ServiceContext) async throws -> Output
    ) async throws -> Output {
        let name = service.map { "\($0)/\(method)" } ?? method
        let span: any Span = (tracer ?? InstrumentationSystem.tracer).startSpan(name, context: context, ofKind: kind)
        defer { span.end() }
        let result: Result<Output, any Error>
        do {
            result = .success(
                try await ServiceContext.withValue(span.context) { try await operation(span.context) }
            )
        } catch {
            result = .failure(error)
        }
        guard span.isRecording else { return try result.get() }
        // At the end, when a client that had no connection has one.
        setAttributes(of: span, peer())
        if let error = expiry?.error {
            note(error, "timeout", in: span)
        } else if case .failure(let error) = result {
            note(error, Self.type(of: error), in: span)
        }
        return try result.get()
    }

    private func setAttributes(of span: any Span, _ peer: SocketAddress?) {
        span.updateAttributes { attributes in
            attributes["rpc.system"] = "switchboard"
            attributes["rpc.service"] = service
            attributes["rpc.method"] = method
            attributes["server.address"] = server.address
            attributes["server.port"] = server.port
            guard let peer else { return }
            attributes["network.transport"] = peer.isUnix ? "unix" : "tcp"
            // The socket of a client that connects over a Unix-domain socket has no name.
            if peer != .unnamedUnixSocket { attributes["network.peer.address"] = peer.host }
            if !peer.isUnix { attributes["network.peer.port"] = peer.port }
        }
    }

    private func note(_ error: any Error, _ type: String, in span: any Span) {
        span.recordError(error)
        span.setStatus(
            SpanStatus(code: .error, message: "\(error)".visible(maximumLength: Self.maximumStatusLength))
        )
        span.attributes["error.type"] = type
    }

    /// Returns the value of `error.type`, of which a program has few.
    private static func type(of error: any Error) -> String {
        switch error {
        case let error as ClientError: error.code == .timedOut ? "timeout" : "\(error.code)"
        case let error as PeerRequestError: error.code == .timedOut ? "timeout" : "\(error.code)"
        case let error as any ErrorMessage: error.fault?.rawValue ?? Swift.type(of: error).name
        default: String(reflecting: Swift.type(of: error))
        }
    }
}
#endif
