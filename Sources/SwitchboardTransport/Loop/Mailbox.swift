internal import Synchronization

/// The jobs that other threads, and the loop itself, have for an event loop.
///
/// It knows whether the loop may be waiting, so that the loop is woken once and only when it has to be.
final class Mailbox: Sendable {
    typealias Job = @Sendable () -> Void

    /// The largest memory for jobs, in jobs, that is kept from one iteration to the next.
    private static let maximumKeptCapacity = 4096

    /// What the loop is doing.
    ///
    /// In most iterations the mailbox is empty, and the loop need not take the lock to see that.
    private enum LoopState: UInt8, AtomicRepresentable {
        case running
        /// The loop waits, or is about to, and so must be woken.
        case waiting
        /// There is mail that the loop has not taken yet; it runs, or has been woken.
        case hasMail
    }

    private struct Contents {
        var jobs: [Job] = []
        var completions: [Job] = []
        var isStopping = false
        var isClosed = false
    }

    private let loopState = Atomic(LoopState.waiting)
    private let contents = Mutex(Contents())

    /// Adds a job, and calls `wake` when the loop must be woken for it.
    ///
    /// `wake` runs under the lock: the loop's descriptors cannot be closed, and their numbers reused, meanwhile.
    ///
    /// - Returns: Whether the mailbox took the job, which it does until it is closed.
    func add(_ job: @escaping Job, wake: () -> Void) -> Bool {
        contents.withLock { contents in
            guard !contents.isClosed else { return false }
            contents.jobs.append(job)
            wakeIfWaiting(wake)
            return true
        }
    }

    /// Asks the loop to stop, and to call `completion` when it has.
    ///
    /// - Returns: Whether the mailbox took the completion, which it does until it is closed.
    func requestStop(_ completion: Job?, wake: () -> Void) -> Bool {
        contents.withLock { contents in
            guard !contents.isClosed else { return false }
            if let completion { contents.completions.append(completion) }
            contents.isStopping = true
            wakeIfWaiting(wake)
            return true
        }
    }

    private func wakeIfWaiting(_ wake: () -> Void) {
        if loopState.exchange(.hasMail, ordering: .acquiringAndReleasing) == .waiting { wake() }
    }

    /// Lets the loop wait, unless there is mail.
    func beginWait() -> Bool {
        let found = loopState.compareExchange(
            expected: .running,
            desired: .waiting,
            ordering: .acquiringAndReleasing
        )
        return found.original != .hasMail
    }

    /// Takes all jobs, in exchange for the memory of `taken`, which is empty.
    ///
    /// - Returns: Whether the loop has been asked to stop.
    func endWait(taking taken: inout [Job]) -> Bool {
        if taken.capacity > Self.maximumKeptCapacity { taken = [] }
        guard loopState.exchange(.running, ordering: .acquiringAndReleasing) == .hasMail else { return false }
        return contents.withLock { contents in
            swap(&contents.jobs, &taken)
            return contents.isStopping
        }
    }

    /// Takes no job from now on, and passes the jobs that have come since to `handOver`, before any later job can be
    /// refused.
    ///
    /// - Returns: The completions to call when the loop has stopped.
    func close(handOver: (@escaping Job) -> Void) -> [Job] {
        contents.withLock { contents in
            contents.isClosed = true
            for job in contents.jobs { handOver(job) }
            contents.jobs = []
            defer { contents.completions = [] }
            return contents.completions
        }
    }
}
