internal import CLinux
internal import Synchronization

/// Returns the memory of closed streams to the system, a second after many of them have closed.
///
/// The C library keeps freed memory, unless it lies at the very end of its heap. To return it takes milliseconds, so that is
/// done on a loop without connections.
package final class MemoryReturn: @unchecked Sendable {
    /// The number of streams that must have closed before memory is returned.
    private static let interval = 256

    /// The time to wait for further streams to close.
    private static let delay = Duration.seconds(1)

    private let loop: EventLoop
    private let closedCount = Atomic(0)
    /// Used on the loop only.
    private let deadline = Deadline()

    /// Works on `loop`.
    package init(on loop: EventLoop) {
        self.loop = loop
    }

    /// Counts a stream that has closed; from any thread.
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
