// The message cycle: decode, call the handler, encode the reply, count. There are two, for handlers that are `async` and
// handlers that are not; each serves requests and one-way messages.

extension Route {
    /// The route of the messages that `handler` takes, through `middleware`.
    @inlinable
    static func make<Handler: RoutedHandler>(_ handler: Handler, through middleware: [any Middleware]) -> Route {
        let isDirect = middleware.isEmpty
        let next = Next(through: middleware[...]) { (message: Handler.Input, context) in
            try await handler.handle(message, context: context)
        }
        return Route(Handler.Input.self, isAsync: !isDirect) {
            (batch, input, connection, output) throws(RouteFailure) in
            // A copy, which no other code can change: the compiler need not count references to what is read with it.
            var reader = input
            defer { input = reader }
            repeat {
                let reply: Handler.Output
                do {
                    // The message ends here, before the reply is encoded: memory that both share is then not counted twice.
                    let message = try batch.payload(in: &reader) { payload throws(RouteFailure) in
                        try Handler.Input.decode(&payload)
                    }
                    reply = try handler.handle(message, context: Context(connection: connection, header: batch.header))
                } catch is HandlerIsAsync {
                    return false
                } catch let failure as RouteFailure {
                    throw failure
                } catch {
                    throw .handler(error)
                }
                let start = output.writer.count
                try handler.write(reply, batch.header, to: &output.writer)
                batch.handled &+= 1
                batch.replyBytes &+= output.writer.count &- start
            } while output.hasRoom && batch.next(in: &reader)
            return true
        } respond: { (burst, context, receiver) throws(RouteFailure) in
            repeat {
                let header = burst.batch.header
                var payload = burst.takePayload()
                let message = try Handler.Input.decode(&payload)
                // Two references are counted for a new context, and several more for the way through a closure.
                let reply =
                    if isDirect, !burst.batch.hasOwnBits {
                        try await handler.answer(message, context)
                    } else {
                        try await next.run(message, Context(connection: context.connection, header: header))
                    }
                guard receiver.isReceiving else {
                    var writer = ByteWriter(capacity: Handler.hasReply ? 256 : 0)
                    try handler.write(reply, header, to: &writer)
                    return writer.takeBytes()
                }
                let start = burst.output.writer.count
                try handler.write(reply, header, to: &burst.output.writer)
                burst.countHandled(replyBytes: burst.output.writer.count &- start)
            } while burst.output.hasRoom && burst.next()
            return Bytes()
        }
    }
}

extension Message {
    /// Decodes a whole payload.
    @inlinable
    static func decode(_ payload: inout ByteReader) throws(RouteFailure) -> Self {
        do throws(PayloadError) {
            return try Self(payload: &payload)
        } catch {
            throw .malformed(error)
        }
    }
}

// MARK: - Handlers, as routes call them

/// A handler of requests or of one-way messages.
@usableFromInline
protocol RoutedHandler: Sendable {
    associatedtype Input: Message
    /// The reply, or `Void`.
    associatedtype Output: Sendable

    /// Whether messages have a reply.
    static var hasReply: Bool { get }

    /// Calls the handler's `async` method.
    func handle(_ message: Input, context: Context) async throws -> Output

    /// Calls the handler's other method, which throws ``HandlerIsAsync`` when the handler has none.
    func handle(_ message: Input, context: Context) throws -> Output

    /// Writes the frame of a reply, if there is a reply.
    func write(_ reply: Output, _ header: HeaderBytes, to writer: inout ByteWriter) throws(RouteFailure)
}

extension RoutedHandler {
    /// Does what ``Next/run(_:_:)`` does without middleware, and spares the cost of an `async` closure.
    @inlinable @inline(__always)
    func answer(_ message: Input, _ context: Context) async throws(RouteFailure) -> Output {
        do { return try await handle(message, context: context) } catch { throw .handler(error) }
    }
}

/// A handler of requests, whose replies it encodes.
@usableFromInline
struct RoutedRequestHandler<Handler: RequestHandler>: RoutedHandler {
    @usableFromInline let handler: Handler
    @usableFromInline let encoder: FrameEncoder

    @inlinable
    init(_ handler: Handler, _ encoder: FrameEncoder) {
        self.handler = handler
        self.encoder = encoder
    }

    @inlinable
    static var hasReply: Bool { true }

    @inlinable @inline(__always)
    func handle(_ message: Handler.Input, context: Context) async throws -> Handler.Input.Reply {
        try await handler.handle(message, context: context)
    }

    @inlinable @inline(__always)
    func handle(_ message: Handler.Input, context: Context) throws -> Handler.Input.Reply {
        try handler.handle(message, context: context)
    }

    @inlinable @inline(__always)
    func write(
        _ reply: Handler.Input.Reply,
        _ header: HeaderBytes,
        to writer: inout ByteWriter
    ) throws(RouteFailure) {
        do throws(PayloadError) {
            try encoder.encode(reply, header: header, into: &writer)
        } catch {
            throw .unencodableReply(error)
        }
    }
}

/// A handler of messages without a reply.
@usableFromInline
struct RoutedOneWayHandler<Handler: OneWayHandler>: RoutedHandler {
    @usableFromInline let handler: Handler

    @inlinable
    init(_ handler: Handler) {
        self.handler = handler
    }

    @inlinable
    static var hasReply: Bool { false }

    @inlinable @inline(__always)
    func handle(_ message: Handler.Input, context: Context) async throws {
        try await handler.handle(message, context: context)
    }

    @inlinable @inline(__always)
    func handle(_ message: Handler.Input, context: Context) throws {
        try handler.handle(message, context: context)
    }

    @inlinable @inline(__always)
    func write(_ reply: Void, _ header: HeaderBytes, to writer: inout ByteWriter) throws(RouteFailure) {}
}

// MARK: - Read bursts, which tasks handle

/// The messages of one read that a task handles: it goes on as long as no handler is suspended.
///
/// It belongs to the event loop. Once a handler is suspended, its task may run on another thread, and uses the burst no more.
@safe @usableFromInline
package final class ReadBurst: @unchecked Sendable {
    /// The bytes of messages that are not handled yet.
    @safe @exclusivity(unchecked) package var input: ByteReader

    /// The messages that are being handled.
    @safe @exclusivity(unchecked) @usableFromInline package var batch: FrameBatch

    /// The number of bytes that are needed to go on.
    package var wanted = 0

    /// Whether the task has handled all it could, without a suspended handler.
    package var isAnswered = false

    /// Where replies are written as long as no handler is suspended.
    @usableFromInline let output: OutputBuffer

    private let copies: PayloadCopies

    /// The burst with `input`, which stands at the last frame that was found of `batch`.
    package init(
        _ input: ByteReader,
        _ batch: FrameBatch,
        _ output: OutputBuffer,
        _ copies: PayloadCopies
    ) {
        self.input = input
        self.batch = batch
        self.output = output
        self.copies = copies
    }

    /// Copies the payload of the frame ahead to memory that a handler may keep, and moves past the frame.
    @usableFromInline
    func takePayload() -> ByteReader {
        batch.payload(in: &input) { ByteReader(copies.copy($0)) }
    }

    /// Counts a message that was handled, and the bytes of its reply.
    @usableFromInline
    func countHandled(replyBytes: Int) {
        batch.handled &+= 1
        batch.replyBytes &+= replyBytes
    }

    /// Whether another message of the batch is ahead.
    @usableFromInline
    func next() -> Bool {
        batch.next(in: &input)
    }
}

/// A connection that hands its read bursts to tasks.
@usableFromInline
package protocol ReadBurstReceiver: AnyObject, Sendable {
    /// Whether the calling thread is handling a read burst of the connection right now.
    ///
    /// A task learns here whether its handler was suspended: then it runs later, or on another thread.
    var isReceiving: Bool { get }
}

/// Copies of payloads for `async` handlers, which may keep them for longer than the event loop keeps its read buffer.
///
/// Handlers that are not suspended get their copies in the same memory, one after the other.
package final class PayloadCopies {
    /// The largest payload, in bytes, that is copied to reused memory.
    ///
    /// A suspended handler keeps as many bytes, however small its own payload is.
    private static let maximumReusedBytes = 512

    @safe @exclusivity(unchecked) private var storage = ByteStorage(capacity: maximumReusedBytes)

    package init() {}

    /// A copy of what is left of `payload`.
    func copy(_ payload: ByteReader) -> Bytes {
        unsafe payload.withUnsafeRemaining { bytes in
            guard let source = bytes.baseAddress, bytes.count <= Self.maximumReusedBytes else {
                return unsafe Bytes(copying: bytes)
            }
            if !isKnownUniquelyReferenced(&storage) { storage = ByteStorage(capacity: Self.maximumReusedBytes) }
            unsafe storage.base.copyMemory(from: source, byteCount: bytes.count)
            return Bytes(storage: storage, offset: 0, count: bytes.count)
        }
    }
}
