internal import CLinux
internal import Synchronization

/// Returns the memory of closed streams to the system, one second after many streams have closed.
///
/// The C library keeps freed memory unless it lies at the very end of the heap. Returning the memory takes
/// milliseconds, so a loop without connections does it.
package final class MemoryReturn: @unchecked Sendable {
    /// The number of closed streams after which memory is returned.
    private static let interval = 256

    /// The time to wait for more streams to close.
    private static let delay = Duration.seconds(1)

    private let loop: EventLoop
    private let closedCount = Atomic(0)
    /// Only the loop uses it.
    private let deadline = Deadline()

    /// Returns memory on `loop`.
    package init(on loop: EventLoop) {
        self.loop = loop
    }

    /// Counts a closed stream; any thread may call this method.
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
