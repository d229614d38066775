import Foundation

/// Runs `work`, which may block, on a new thread.
///
/// Dispatch shares 255 threads among all serial queues of the process. Event loops need some of them, and would wait for those
/// that blocked tests held.
package func onOwnThread(_ work: @escaping @Sendable () -> Void) {
    Thread.detachNewThread(work)
}
