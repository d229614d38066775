internal import Dispatch
internal import Synchronization

/// Runs a test server whenever there is something to do, for those who do nothing with the server itself.
final class LoopRunner: Sendable {
    private struct Server {
        weak var server: TestServer?
    }

    private let isRunning = Atomic(false)
    private let server = Mutex(Server())
    private let queue = DispatchQueue(label: "test server")

    /// Begins to run `server`, for as long as somebody else holds it.
    func start(_ server: TestServer) {
        self.server.withLock { $0.server = server }
        isRunning.store(true, ordering: .releasing)
    }

    /// There is something to do.
    ///
    /// From any thread, whatever locks it holds: nothing is done before this returns.
    func wake() {
        guard isRunning.load(ordering: .acquiring) else { return }
        queue.async { [self] in server.withLock { $0.server }?.update {} }
    }
}
