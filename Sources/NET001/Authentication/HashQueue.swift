internal import Dispatch
internal import Synchronization

/// Threads that may block, for hashes that take tens of milliseconds and more.
///
/// Neither an event loop nor Swift's own threads may be held up by them. So many may wait; more are turned away.
final class HashQueue: Sendable {
    private static let threads = 2
    private static let maximumWaiting = 64

    private let queues: [DispatchQueue]
    private let waiting = Mutex(0)
    private let next = Atomic(0)

    init() {
        queues = (1...Self.threads).map { DispatchQueue(label: "net001.credentials.\($0)") }
    }

    /// Runs `work` on one of the threads.
    ///
    /// - Throws: ``AuthenticatorIsBusy`` when too many wait.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async throws(AuthenticatorIsBusy) -> Result {
        let isAdmitted = waiting.withLock { count in
            guard count < Self.maximumWaiting else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw AuthenticatorIsBusy() }
        defer { waiting.withLock { $0 -= 1 } }
        let number = next.wrappingAdd(1, ordering: .relaxed).newValue
        let queue = queues[Int(truncatingIfNeeded: number.magnitude % UInt(queues.count))]
        return await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}
