import Dispatch
import Synchronization

/// Suspends tasks and resumes them together, as a client does for a burst of replies, and does nothing else.
///
/// What this takes is the share of Swift's runtime in a request. A task may prefer the object as its executor, as it may prefer the event
/// loop of a client.
final class Suspensions: TaskExecutor {
    @safe
    private struct Waiting {
        var jobs: [UnownedJob] = []
        var tasks: [UnsafeContinuation<Void, Never>] = unsafe []
        /// Whether a turn will come.
        var isScheduled = false
    }

    private let queue = DispatchQueue(label: "suspensions")
    private let waiting = Mutex(Waiting())

    /// Returns in the next turn.
    nonisolated(nonsending) func wait() async {
        await unsafe withUnsafeContinuation { task in
            add { unsafe $0.tasks.append(task) }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        add { $0.jobs.append(job) }
    }

    private func add(_ body: (inout Waiting) -> Void) {
        let isScheduled = waiting.withLock { waiting in
            body(&waiting)
            defer { waiting.isScheduled = true }
            return waiting.isScheduled
        }
        if !isScheduled { queue.async { self.takeTurn() } }
    }

    /// Runs the jobs and resumes the tasks that were added since the last turn.
    private func takeTurn() {
        let turn = waiting.withLock { waiting in
            let turn = waiting
            waiting = Waiting()
            return turn
        }
        for job in turn.jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
        unsafe turn.tasks.forEach { task in unsafe task.resume() }
    }
}
