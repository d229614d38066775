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
