internal import SwitchboardTransport
internal import SwitchboardWire

/// A request whose reply has not come.
///
/// Whoever resolves it first decides; it keeps its place among the others until its reply comes all the same.
///
/// It is used on the connection's loop only.
final class PendingRequest: DeadlineDelegate, @unchecked Sendable {
    /// The code of the reply.
    let replyCode: MessageCode

    /// Whether nobody waits for the reply any more: it came, or was given up.
    private(set) var isResolved = false

    /// How many bytes were sent over the connection before it.
    var offset: UInt64 = 0

    private var completion: ((Result<any Message, any Error>) -> Void)?
    private let deadline = Deadline()

    init(expecting replyCode: MessageCode) {
        self.replyCode = replyCode
    }

    /// Waits for the reply: `completion` is called once, with it or with an error.
    func wait(atMost time: DeadlineList, _ completion: @escaping (Result<any Message, any Error>) -> Void) {
        self.completion = completion
        deadline.start(in: time, delegate: self)
    }

    func resolve(_ result: Result<any Message, any Error>) {
        isResolved = true
        deadline.cancel()
        completion.take()?(result)
    }

    func deadlinePassed(_ deadline: Deadline) {
        resolve(.failure(ClientError(.timedOut, "the reply did not come in time")))
    }
}
