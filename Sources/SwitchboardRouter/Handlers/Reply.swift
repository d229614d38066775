/// A reply with extra fields in its header that differ from those of its request.
///
/// A closure that is registered with `Router.on` returns it in place of the message:
///
/// ```swift
/// router.on(MQTT.Unsubscribe.self) { message, context in
///     Reply(MQTT.UnsubscribeAck(id: message.id), header: MQTT.Header())
/// }
/// ```
///
/// The reply has the correlation of its request in any case.
public struct Reply<Content: Message, Header: FrameHeader>: Sendable {
    /// The message.
    public var message: Content

    /// The extra fields of the header.
    public var header: Header

    /// A reply with a header of its own.
    public init(_ message: Content, header: Header) {
        self.message = message
        self.header = header
    }
}

extension Router {
    /// Registers a closure that handles requests of type `type`, and chooses the header of each reply.
    ///
    /// Middleware gets the ``Reply`` as the output.
    public mutating func on<Input: Request, Header: FrameHeader>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) throws -> Reply<Input.Reply, Header>
    ) {
        register(type, sync: handler) { message, context in try handler(message, context) }
    }

    /// Registers an `async` closure that handles requests of type `type`, and chooses the header of each reply.
    ///
    /// Middleware gets the ``Reply`` as the output.
    public mutating func on<Input: Request, Header: FrameHeader>(
        _ type: Input.Type,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Reply<Input.Reply, Header>
    ) {
        register(type, sync: { _, _ in throw HandlerIsAsync() }, async: handler)
    }

    /// Registers an `async` closure that handles requests of type `type`, chooses the header of each reply, and has a timeout: see
    /// ``setTimeout(_:error:for:)``.
    public mutating func on<Input: Request, Header: FrameHeader>(
        _ type: Input.Type,
        timeout: Duration,
        timeoutError: (any ErrorMessage)? = nil,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Reply<Input.Reply, Header>
    ) {
        on(type, handler)
        setTimeout(timeout, error: timeoutError, for: type)
    }

    private mutating func register<Input: Request, Header: FrameHeader>(
        _ type: Input.Type,
        sync: @escaping @Sendable (Input, Context) throws -> Reply<Input.Reply, Header>,
        async: @escaping @Sendable (Input, Context) async throws -> Reply<Input.Reply, Header>
    ) {
        registrations.append(
            Registration(type, returnsReply: true) { middleware, encoder in
                .make(RoutedReplyClosure(sync: sync, async: async, encoder: encoder), through: middleware)
            }
        )
    }
}

/// A closure that returns a ``Reply``, with the encoder of its replies.
private struct RoutedReplyClosure<Input: Request, Header: FrameHeader>: RoutedHandler {
    /// The closure, or one that throws ``HandlerIsAsync``.
    let sync: @Sendable (Input, Context) throws -> Reply<Input.Reply, Header>
    let async: @Sendable (Input, Context) async throws -> Reply<Input.Reply, Header>
    let encoder: FrameEncoder

    static var hasReply: Bool { true }

    func handle(_ message: Input, context: Context) async throws -> Reply<Input.Reply, Header> {
        try await async(message, context)
    }

    func handle(_ message: Input, context: Context) throws -> Reply<Input.Reply, Header> {
        try sync(message, context)
    }

    func write(
        _ reply: Reply<Input.Reply, Header>,
        _ header: HeaderBytes,
        to writer: inout ByteWriter
    ) throws(RouteFailure) {
        // The correlation of the request stays.
        var header = header
        reply.header.write(into: &header)
        do throws(PayloadError) {
            try encoder.encode(reply.message, header: header, into: &writer)
        } catch {
            throw .unencodableReply(error)
        }
    }
}
