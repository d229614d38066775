/// What a task answers of the bytes that have come, as long as no handler waits.
///
/// It belongs to the event loop: once a handler has waited, and is on another thread, the task touches it no more.
@safe @usableFromInline
package final class AnsweredBurst: @unchecked Sendable {
    /// What has come and is not handled.
    @safe @exclusivity(unchecked) package var input: ByteReader

    /// The messages that are being handled.
    @safe @exclusivity(unchecked) package var run: FrameRun

    /// How many bytes are needed to go on.
    package var wanted = 0

    /// Whether no handler has waited.
    package var isAnswered = false

    /// Where replies go as long as no handler has waited.
    @usableFromInline let output: OutputBuffer

    private let copies: PayloadCopies

    /// A burst of `input`, which stands at the last frame of `run`.
    package init(_ input: ByteReader, _ run: FrameRun, _ output: OutputBuffer, _ copies: PayloadCopies) {
        self.input = input
        self.run = run
        self.output = output
        self.copies = copies
    }

    /// Reads the payload of the frame ahead, into memory that may be kept, and moves past the frame.
    @usableFromInline
    func takePayload() -> ByteReader {
        run.payload(in: &input) { ByteReader(copies.copy($0)) }
    }

    /// Counts a message that was handled, and the bytes of its reply.
    @usableFromInline
    func countHandled(replyBytes: Int) {
        run.handled &+= 1
        run.replyBytes &+= replyBytes
    }

    /// Whether another message of the run is ahead.
    @usableFromInline
    func next() -> Bool {
        run.next(in: input)
    }
}

/// Who receives the burst that messages came in, and knows whether a handler of one has left it by waiting.
@usableFromInline
package protocol BurstReceiver: AnyObject, Sendable {
    /// Whether the burst that the message came in is still being received, by the calling thread: then its output is open.
    var isReceiving: Bool { get }
}
