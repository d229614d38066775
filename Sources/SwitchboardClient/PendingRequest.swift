internal import SwitchboardTransport
public import SwitchboardWire

/// A request whose reply is outstanding: ``TaskRequest`` or ``HeartbeatRequest``.
///
/// Its result is set once, by the first of these events: the reply, the timeout, a cancellation or the end of the
/// connection. It stays in flight until its reply comes. Only the event loop of the connection uses it, from the moment
/// at which the loop gets it. Only ``resume()`` is called on any thread, when the result is set, and the task reads ``isLate`` when it was
/// resumed.
@safe
@usableFromInline
class PendingRequest: @unchecked Sendable {
    /// The code of the request.
    final let code: MessageCode

    /// The code of the reply.
    final let replyCode: MessageCode

    /// The time to wait for the reply; `nil` for the time of the configuration.
    @safe @exclusivity(unchecked) final var timeout: Duration?

    /// Decodes a reply to the request, and keeps it if it is wanted.
    ///
    /// - Parameter request: The request that has the closure.
    @usableFromInline typealias ReplyDecoder =
        (_ request: PendingRequest, _ payload: inout ByteReader, HeaderBytes) throws(PayloadError) -> Void
    private final let decodeReply: ReplyDecoder

    /// The number of bytes that were sent over the connection before the request.
    @safe @exclusivity(unchecked) final var offset: UInt64 = 0

    /// When the request times out, on the clock of the loop in nanoseconds, if it has no timeout of its own.
    @safe @exclusivity(unchecked) final var endTime = UInt64.max

    /// Whether the request is one of a task that runs on the event loop.
    @safe @exclusivity(unchecked) final var isOfLoop = false

    /// Whether the result is set.
    @safe @exclusivity(unchecked) private(set) final var isResolved = false
    /// The result, if it is an error.
    @safe @exclusivity(unchecked) private final var failure: (any Error)?
    /// Whether ``becomeLate()`` was called.
    @safe @exclusivity(unchecked) private(set) final var isLate = false
    // Without the checks of `CheckedContinuation`, which would allocate an object: `take` makes sure that the task is resumed once.
    @safe @exclusivity(unchecked) private final var continuation: UnsafeContinuation<Void, any Error>?
    /// The deadline of a request with a timeout of its own.
    @safe @exclusivity(unchecked) private final var deadline: Deadline?

    @usableFromInline
    init(
        _ code: MessageCode,
        expecting replyCode: MessageCode,
        within timeout: Duration?,
        _ decodeReply: @escaping ReplyDecoder
    ) {
        self.code = code
        self.replyCode = replyCode
        self.timeout = timeout
        self.decodeReply = decodeReply
    }

    /// Sets the task that gets the result, before the event loop gets the request.
    final func suspend(_ continuation: UnsafeContinuation<Void, any Error>) {
        unsafe self.continuation = continuation
    }

    /// Resumes the task, which then calls ``suspendAgain(_:)``.
    final func becomeLate() {
        guard !isLate else { return }
        isLate = true
        unsafe continuation.take()?.resume()
    }

    /// Sets the task that gets the result of a late request, unless it is set already.
    final func suspendAgain(_ continuation: UnsafeContinuation<Void, any Error>) {
        if !isResolved { return unsafe self.continuation = continuation }
        if let failure { unsafe continuation.resume(throwing: failure) } else { unsafe continuation.resume() }
    }

    /// Starts the request's own timeout.
    final func startTimeout(in time: DeadlineList) {
        let deadline = Deadline()
        self.deadline = deadline
        deadline.start(in: time, delegate: self)
    }

    /// Sets the result, unless it is set, because the reply has not come in time.
    final func timeOut() {
        fail(ClientError(.timedOut, "the server did not reply in time"))
    }

    /// Decodes the reply, and sets the result, unless it is set.
    ///
    /// ``resume()`` must follow.
    final func receive(_ payload: inout ByteReader, _ header: HeaderBytes) throws(PayloadError) {
        try decodeReply(self, &payload, header)
        isResolved = true
        deadline?.cancel()
    }

    /// Resumes the task with its reply, if it is suspended; on any thread.
    ///
    /// It is not while a late request begins to note how to cancel its task: then ``suspendAgain(_:)`` finds the result.
    final func resume() {
        unsafe continuation.take()?.resume()
    }

    /// Sets the result to `error`, unless it is set.
    final func fail(_ error: any Error) {
        guard !isResolved else { return }
        isResolved = true
        failure = error
        deadline?.cancel()
        unsafe continuation.take()?.resume(throwing: error)
        failed(error)
    }

    // MARK: Each kind of request

    /// Appends the frame of the request.
    ///
    /// - Parameter number: The number of the request, where the header has a correlation.
    /// - Throws: What ``ProtocolTable/encode(_:_:_:into:)`` throws. Nothing is appended in that case.
    func encode(_ number: UInt64, _ table: ProtocolTable, into writer: inout ByteWriter) throws {}

    /// The result was set to `error`.
    func failed(_ error: any Error) {}
}

extension PendingRequest: DeadlineDelegate {
    package func deadlinePassed(_ deadline: Deadline) {
        timeOut()
    }
}

/// A request of a task, which is suspended until the result is set.
///
/// `Outcome` is `Input.Reply?`. If it were not a parameter, decoding a reply and releasing the request would each look up its metadata,
/// which takes longer than the rest of their work.
@usableFromInline
final class TaskRequest<Input: Request, Outcome>: PendingRequest, @unchecked Sendable {
    private let message: Input
    private let header: HeaderBytes
    /// The reply; `nil` until it comes.
    @safe @exclusivity(unchecked) @usableFromInline var outcome: Outcome

    @usableFromInline
    init(
        _ message: Input,
        _ header: HeaderBytes,
        within timeout: Duration?,
        _ outcome: Outcome,
        _ decodeReply: @escaping ReplyDecoder
    ) {
        self.message = message
        self.header = header
        self.outcome = outcome
        super.init(Input.code, expecting: Input.Reply.code, within: timeout, decodeReply)
    }

    override func encode(_ number: UInt64, _ table: ProtocolTable, into writer: inout ByteWriter) throws {
        try table.encode(message, header, number, into: &writer)
    }
}

/// A heartbeat, whose result is only whether the server replied in time.
final class HeartbeatRequest: PendingRequest, @unchecked Sendable {
    private let message: any Request
    private let whenTimedOut: () -> Void

    /// - Parameter whenTimedOut: Called if no reply comes in time. Every reply shows that the server is alive, even an error.
    init(_ message: any Request, whenTimedOut: @escaping () -> Void) {
        self.message = message
        self.whenTimedOut = whenTimedOut
        let type = type(of: message)
        super.init(type.code, expecting: type.replyCode, within: nil) { _, payload, header throws(PayloadError) in
            try type.checkReply(&payload, header)
        }
    }

    override func encode(_ number: UInt64, _ table: ProtocolTable, into writer: inout ByteWriter) throws {
        try table.encode(message, HeaderBytes(), number, into: &writer)
    }

    override func failed(_ error: any Error) {
        if (error as? ClientError)?.code == .timedOut { whenTimedOut() }
    }
}

extension Request {
    fileprivate static func checkReply(
        _ payload: inout ByteReader,
        _ header: HeaderBytes
    ) throws(PayloadError) {
        _ = try Reply(payload: &payload, header: header)
    }
}
