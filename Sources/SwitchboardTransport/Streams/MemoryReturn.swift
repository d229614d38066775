internal import CLinux
internal import Synchronization

/// Gives the memory of streams that have closed back to the system, some time after many of them have.
///
/// The C library keeps what is freed for itself, unless it lies at the very end of its heap. To ask it to give that back
/// takes milliseconds, so that is done on a loop that serves nobody.
package final class MemoryReturn: @unchecked Sendable {
    /// So many streams must have closed before it is worth the trouble.
    private static let interval = 256

    /// How long to wait for more of them to close.
    private static let delay = Duration.seconds(1)

    private let loop: EventLoop
    private let closedCount = Atomic(0)
    /// Used on the loop only.
    private let deadline = Deadline()

    /// Works on `loop`.
    package init(on loop: EventLoop) {
        self.loop = loop
    }

    /// A stream has closed; from any thread.
    package func noteClosed() {
        guard closedCount.wrappingAdd(1, ordering: .relaxed).newValue % Self.interval == 0 else { return }
        loop.execute { [self] in
            if !deadline.isRunning { deadline.start(in: loop.deadlines(lasting: Self.delay), delegate: self) }
        }
    }
}

extension MemoryReturn: DeadlineDelegate {
    package func deadlinePassed(_ deadline: Deadline) {
        linux_return_freed_memory()
    }
}
