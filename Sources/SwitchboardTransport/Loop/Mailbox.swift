internal import Synchronization

/// The jobs that other threads, and the loop itself, have for an event loop.
///
/// It knows whether the loop may be waiting, so that the loop is woken once and only when it has to be.
final class Mailbox: @unchecked Sendable {
    typealias Job = @Sendable () -> Void

    /// The most room for jobs, in jobs, that is kept from one turn to the next.
    private static let maximumKeptCapacity = 4096

    /// What the loop is doing.
    ///
    /// In most turns nobody has written to it, and it need not take the lock to see that.
    private enum State: UInt8, AtomicRepresentable {
        case awake
        /// It waits, or is about to, and so must be woken.
        case asleep
        /// There is something that it has not taken yet; it is awake, or has been woken.
        case hasMail
    }

    private let state = Atomic(State.asleep)

    // All that follows is touched under the lock.

    private let lock = Lock()
    private var jobs: [Job] = []
    private var isStopping = false
    private var isClosed = false
    private var completions: [Job] = []

    /// Adds a job, and calls `wake` when the loop must be woken for it.
    ///
    /// `wake` runs under the lock: the loop's descriptors cannot be closed, and their numbers reused, meanwhile.
    ///
    /// - Returns: Whether the mailbox took the job, which it does until it is closed.
    func add(_ job: @escaping Job, wake: () -> Void) -> Bool {
        lock.withLock {
            guard !isClosed else { return false }
            jobs.append(job)
            wakeIfAsleep(wake)
            return true
        }
    }

    /// Asks the loop to stop, and to call `completion` when it has.
    ///
    /// - Returns: Whether the mailbox took the completion, which it does until it is closed.
    func requestStop(_ completion: Job?, wake: () -> Void) -> Bool {
        lock.withLock {
            guard !isClosed else { return false }
            if let completion { completions.append(completion) }
            isStopping = true
            wakeIfAsleep(wake)
            return true
        }
    }

    private func wakeIfAsleep(_ wake: () -> Void) {
        if state.exchange(.hasMail, ordering: .acquiringAndReleasing) == .asleep { wake() }
    }

    /// Lets the loop wait, unless there is something to do.
    func fallAsleep() -> Bool {
        let found = state.compareExchange(expected: .awake, desired: .asleep, ordering: .acquiringAndReleasing)
        return found.original != .hasMail
    }

    /// Takes all jobs, in exchange for the memory of `taken`, which is empty.
    ///
    /// - Returns: Whether the loop has been asked to stop.
    func wakeUp(taking taken: inout [Job]) -> Bool {
        if taken.capacity > Self.maximumKeptCapacity { taken = [] }
        guard state.exchange(.awake, ordering: .acquiringAndReleasing) == .hasMail else { return false }
        return lock.withLock {
            swap(&jobs, &taken)
            return isStopping
        }
    }

    /// Takes no job from now on, and hands those that have come since to `handOver`, before any that come later can be
    /// seen to be refused.
    ///
    /// - Returns: Those who want to know when the loop has stopped.
    func close(handOver: (@escaping Job) -> Void) -> [Job] {
        lock.withLock {
            isClosed = true
            for job in jobs { handOver(job) }
            jobs = []
            defer { completions = [] }
            return completions
        }
    }
}
