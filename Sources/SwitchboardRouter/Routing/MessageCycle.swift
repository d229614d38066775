// The message cycle: decode, call the handler, encode the reply, count. There are two cycles, for handlers with and
// without `async`. Each serves requests and one-way messages.

extension Route {
    /// Makes the route of the messages that `handler` handles, through `middleware`.
    @inlinable
    static func make<Handler: RoutedHandler>(_ handler: Handler, through middleware: [any Middleware]) -> Route {
        let isDirect = middleware.isEmpty
        let next = Next(through: middleware[...]) { (message: Handler.Input, context) in
            try await handler.handle(message, context: context)
        }
        return Route(Handler.Input.self, isAsync: !isDirect) {
            (batch, input, connection, output) throws(RouteFailure) in
            // A local copy: no other code can change it, so the compiler counts no references to the memory that it
            // reads.
            var reader = input
            defer { input = reader }
            repeat {
                let start: Int
                // The scope of the reply ends here, before a call that could release memory, for the same reason as below.
                do {
                    let header = batch.header
                    let reply: Handler.Output
                    do {
                        // The scope of the message ends here, before the reply is encoded, so that no second reference is
                        // counted if both share memory.
                        let message = try batch.payload(in: &reader) { payload throws(RouteFailure) in
                            try Handler.Input.decode(&payload, header)
                        }
                        reply = try handler.handle(message, context: Context(connection: connection, header: header))
                    } catch is HandlerIsAsync {
                        return false
                    } catch let failure as RouteFailure {
                        throw failure
                    } catch {
                        throw .handler(error)
                    }
                    start = output.writer.count
                    try handler.write(reply, header, to: &output.writer)
                }
                batch.handled &+= 1
                batch.replyBytes &+= output.writer.count &- start
                if Handler.hasReply, batch.hasEarlierOutput { putEarlierOutput(of: connection, before: start, output) }
            } while output.hasRoom && batch.next(in: &reader)
            return true
        } respond: { (burst, context, receiver) throws(RouteFailure) in
            repeat {
                var payload = burst.takePayload()
                let message = try Handler.Input.decode(&payload, burst.batch.header)
                // A new context costs two references, and a call through a closure costs several more. Avoid both when
                // possible.
                let reply =
                    if isDirect, !burst.batch.hasOwnBits {
                        try await handler.answer(message, context)
                    } else {
                        try await next.run(message, Context(connection: context.connection, header: burst.batch.header))
                    }
                // The header is still that of the message, because no other code changes the batch. A copy would make the
                // memory of the task larger.
                guard receiver.isReceiving else {
                    var writer = ByteWriter(capacity: Handler.hasReply ? 256 : 0)
                    try handler.write(reply, burst.batch.header, to: &writer)
                    return writer.takeBytes()
                }
                let start = burst.output.writer.count
                try handler.write(reply, burst.batch.header, to: &burst.output.writer)
                burst.countHandled(replyBytes: burst.output.writer.count &- start)
                if Handler.hasReply, burst.batch.hasEarlierOutput {
                    putEarlierOutput(of: context.connection, before: start, burst.output)
                }
            } while burst.output.hasRoom && burst.next()
            return Bytes()
        }
    }
}

extension Route {
    /// Sends what other threads have sent, before the reply that was written to `output` from offset `start` on.
    ///
    /// The reply is moved, because a call before it is written would cost each reply a reference to its memory.
    @usableFromInline @inline(never)
    static func putEarlierOutput(of connection: any Connection, before start: Int, _ output: OutputBuffer) {
        let reply = unsafe output.writer.withUnsafeBytes { written in
            unsafe Bytes(copying: UnsafeRawBufferPointer(rebasing: written[start...]))
        }
        output.writer.truncate(to: start)
        (connection as? any ReadBurstReceiver)?.sendEarlierOutput()
        output.writer.append(reply)
    }
}

extension Message {
    /// Decodes a whole payload.
    @inlinable
    static func decode(_ payload: inout ByteReader, _ header: HeaderBytes) throws(RouteFailure) -> Self {
        do throws(PayloadError) {
            return try Self(payload: &payload, header: header)
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

    /// Calls the handler's method without `async`, which throws ``HandlerIsAsync`` when the handler is `async`.
    func handle(_ message: Input, context: Context) throws -> Output

    /// Writes the frame of a reply, if there is a reply.
    func write(_ reply: Output, _ header: HeaderBytes, to writer: inout ByteWriter) throws(RouteFailure)
}

extension RoutedHandler {
    /// Calls the handler as ``Next/run(_:_:)`` does without middleware, but without the cost of an `async` closure.
    @inlinable @inline(__always)
    func answer(_ message: Input, _ context: Context) async throws(RouteFailure) -> Output {
        do { return try await handle(message, context: context) } catch { throw .handler(error) }
    }
}

/// A handler of requests, with the encoder of its replies.
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

/// The messages of a read burst that a task handles, until a handler is suspended.
///
/// The event loop uses the burst. When a handler is suspended, its task may continue on another thread, and no longer
/// uses the burst.
@safe @usableFromInline
package final class ReadBurst: @unchecked Sendable {
    /// The bytes of the messages that are not handled yet.
    @safe @exclusivity(unchecked) package var input: ByteReader

    /// The batch that is being handled.
    @safe @exclusivity(unchecked) @usableFromInline package var batch: FrameBatch

    /// The number of bytes that are needed to continue.
    package var wanted = 0

    /// Whether the task has handled all messages that it could, and no handler is suspended.
    package var isAnswered = false

    /// The buffer for replies, as long as no handler is suspended.
    @usableFromInline let output: OutputBuffer

    private let copies: PayloadCopies

    /// A burst with `input`, whose position is the last frame that was found of `batch`.
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

    /// Copies the payload of the next frame to memory that a handler may keep, and moves past the frame.
    @usableFromInline
    func takePayload() -> ByteReader {
        batch.payload(in: &input) { ByteReader(copies.copy($0)) }
    }

    /// Counts a handled message and the bytes of its reply.
    @usableFromInline
    func countHandled(replyBytes: Int) {
        batch.handled &+= 1
        batch.replyBytes &+= replyBytes
    }

    /// Returns whether the next frame belongs to the batch.
    @usableFromInline
    func next() -> Bool {
        batch.next(in: &input)
    }
}

/// A connection that hands its read bursts to tasks.
@usableFromInline
package protocol ReadBurstReceiver: AnyObject, Sendable {
    /// Whether the calling thread is handling a read burst of the connection.
    ///
    /// If it is `false` after a handler, the handler was suspended: its task then runs later, or on another thread.
    var isReceiving: Bool { get }

    /// Sends what other threads have sent; called on the event loop.
    func sendEarlierOutput()
}

/// Copies of payloads for `async` handlers, which may keep them for longer than the event loop keeps its read buffer.
///
/// Handlers that are not suspended use the same memory one after the other.
package final class PayloadCopies {
    /// The largest payload that is copied to reused memory, in bytes.
    ///
    /// A suspended handler keeps a block of this size alive, even if its payload is smaller.
    private static let maximumReusedBytes = 512

    @safe @exclusivity(unchecked) private var storage = ByteStorage(capacity: maximumReusedBytes)

    package init() {}

    /// Returns a copy of the unread bytes of `payload`.
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
