/// A task that waits until less output is pending.
///
/// Whoever resumes it first decides.
///
/// It is used on the connection's loop only.
final class WaitingSender: @unchecked Sendable {
    /// Whether it waits no more, or was cancelled before it could.
    private(set) var isResumed = false

    private var continuation: CheckedContinuation<Void, any Error>?

    func wait(_ continuation: CheckedContinuation<Void, any Error>) {
        self.continuation = continuation
    }

    func resume(with result: Result<Void, any Error>) {
        isResumed = true
        continuation.take()?.resume(with: result)
    }
}
