internal import SwitchboardRouter
internal import SwitchboardTransport

/// The timeout of a suspended handler, which begins when the handler is suspended.
///
/// When it passes, the peer gets an error in place of the reply, and the task of the handler is cancelled. The handler stays among the
/// suspended handlers until its task ends.
final class HandlerDeadline: DeadlineDelegate {
    private let timeout: HandlerTimeout
    private let connection: ServerConnection
    private let task: Task<Void, Never>
    private let code: MessageCode
    private let header: HeaderBytes
    private let expiry: HandlerExpiry?
    private let deadline = Deadline()

    /// Whether the time has passed: then the peer has its answer.
    private(set) var hasPassed = false

    /// Starts the timeout of the handler of a message with `code` and `header`.
    ///
    /// - Parameter expiry: Gets the error when the time has passed; `nil` without tracing.
    init(
        _ timeout: HandlerTimeout,
        of task: Task<Void, Never>,
        _ code: MessageCode,
        _ header: HeaderBytes,
        _ expiry: HandlerExpiry?,
        on connection: ServerConnection
    ) {
        self.timeout = timeout
        self.connection = connection
        self.task = task
        self.code = code
        self.header = header
        self.expiry = expiry
        deadline.start(in: connection.loop.deadlines(lasting: timeout.duration), delegate: self)
    }

    func cancel() {
        deadline.cancel()
    }

    func deadlinePassed(_ deadline: Deadline) {
        hasPassed = true
        let error: any Error = timeout.error ?? HandlerTimedOut(after: timeout.duration)
        if connection.state.isOpen { connection.answer(.handler(error), to: code, header) }
        // Before the cancellation, because the handler may end at once.
        expiry?.expire(with: error)
        task.cancel()
    }
}
