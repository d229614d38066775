// Tasks that prefer an event loop as their executor run on its thread. To continue after a reply, such a task needs no other thread, and
// what it sends goes out at the end of the iteration, with the output of the other tasks.

extension EventLoop: TaskExecutor {
    /// Runs a part of a task, up to its next suspension, in the current iteration of the loop or in the next one.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { taskJobs.append(job) } else { execute { self.taskJobs.append(job) } }
    }

    /// Runs the jobs that were added before the call.
    ///
    /// A task that is resumed at once, again and again, then holds up the sockets by one job only.
    func runTaskJobs() {
        guard !taskJobs.isEmpty else { return }
        hasBeenBusy = true
        swap(&taskJobs, &runningTaskJobs)
        for job in runningTaskJobs { run(job) }
        runningTaskJobs.removeAll(keepingCapacity: runningTaskJobs.capacity <= JobQueue.maximumKeptCapacity)
    }

    func run(_ job: UnownedJob) {
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
