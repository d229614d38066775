internal import CLinux
internal import DequeModule
internal import Dispatch
internal import SwitchboardBytes
internal import Synchronization

/// A loop that waits for events of many sockets and delivers them, one after the other.
///
/// The loop runs on a serial dispatch queue with one source, for an epoll descriptor of the loop's own. Dispatch does
/// not know the sockets. When the source wakes the queue, its event handler waits in `epoll_wait` as long as there is
/// traffic; without traffic, the handler returns and frees the thread. A block on the queue would have to wait for
/// that. Therefore other threads add jobs to a ``JobQueue``, whose event counter is in the same epoll set.
///
/// A loop lives until ``stop(whenStopped:)``.
package final class EventLoop: @unchecked Sendable {
    /// The loop's name in debuggers.
    package let label: String

    private let spins: Bool
    private let queue: DispatchQueue
    /// The source that runs the loop; `nil` for a loop that ``run(at:)`` runs.
    private let source: (any DispatchSourceRead)?
    /// Whether the loop runs only in ``run(at:)``.
    package let isRunByHand: Bool
    private let jobQueue: JobQueue
    /// The thread that is running the loop; 0 for none.
    private let executor = Atomic<UInt>(0)
    /// When the current iteration began, on the monotonic clock; 0 while the loop waits.
    private let iterationStart = Atomic<UInt64>(0)

    // Only the loop uses the properties below.

    let poller: Poller
    /// The memory that streams receive input into; `nil` while a stream uses it.
    @safe @exclusivity(unchecked) var readBuffer: ByteStorage?
    /// The memory of ``takeBurstBuffer()`` that no stream uses.
    @safe @exclusivity(unchecked) var burstBuffers: [ByteStorage] = []
    /// The output that streams have sent in the current iteration.
    let stage = OutputStage()
    /// The number of bytes of output of all streams that their sockets have not accepted yet.
    @safe @exclusivity(unchecked) package var pendingOutput = 0
    /// The time at which the loop was created, on its clock.
    package let startTime: UInt64
    /// The time at which the iteration began, on the clock of the loop.
    @safe @exclusivity(unchecked) private var iterationTime: UInt64
    /// Whether the loop has stopped: it watches no descriptors.
    var hasStopped = false

    @safe @exclusivity(unchecked) var handles = HandleTable()
    @safe @exclusivity(unchecked) var jobs: [JobQueue.Job] = []
    /// The jobs of tasks that run on the loop: see ``enqueue(_:)``.
    @safe @exclusivity(unchecked) var taskJobs: [UnownedJob] = []
    @safe @exclusivity(unchecked) var runningTaskJobs: [UnownedJob] = []
    /// The stream that is handling a read burst.
    ///
    /// A caller up the stack has a reference to the stream, so this one is not counted.
    @safe @exclusivity(unchecked) unowned(unsafe) var receiver: SocketStream?
    /// The streams and listeners that continue in the next iteration, because they have more work than one iteration
    /// allows or were resumed.
    @safe @exclusivity(unchecked) var awaitingContinuation: [any Pollable] = []
    /// The streams to flush at the end of the iteration.
    @safe @exclusivity(unchecked) var awaitingFlush: [SocketStream] = []
    /// The closed streams whose descriptors and delegates are not released yet.
    @safe @exclusivity(unchecked) var awaitingRelease: Deque<SocketStream> = []

    var activeDeadlines: [DeadlineList] = []
    var sharedDeadlines: [DeadlineList] = []
    /// The time that the timer is set to, in nanoseconds.
    var timerTime = UInt64.max
    /// The reads that come before the deadlines that are due; `nil` when no deadline is due.
    private var catchUp: CatchUp?

    /// The time of the next check for traffic, and whether there was traffic since the last check.
    private var idleCheckTime = UInt64.max
    @safe @exclusivity(unchecked) var hasBeenBusy = false

    private var completions: [JobQueue.Job] = []

    /// Creates a loop, which runs until ``stop(whenStopped:)``.
    ///
    /// - Parameters:
    ///   - label: The loop's name in debuggers.
    ///   - spins: Whether the loop polls without waiting. This takes a whole core, and spares the peer the cost of
    ///     waking the loop: use it to measure the cost of the peer.
    /// - Throws: When the system has no descriptors left.
    package init(label: String, spins: Bool = false) throws(TransportError) {
        self.label = label
        self.spins = spins
        let waker = try Waker()
        poller = try Poller(waker)
        jobQueue = JobQueue { waker.wake() }
        startTime = Poller.now
        iterationTime = startTime
        queue = DispatchQueue(label: label)
        let source = DispatchSource.makeReadSource(fileDescriptor: poller.descriptor, queue: queue)
        self.source = source
        isRunByHand = false
        // Both closures keep the loop alive until the source is cancelled.
        Self.loopCount.wrappingAdd(1, ordering: .relaxed)
        source.setEventHandler { @Sendable [self] in runUntilIdle() }
        source.setCancelHandler { @Sendable [self] in giveBackResources() }
        source.resume()
    }

    /// Creates a loop without a thread, which runs only in ``run(at:)``; its clock stands still between these calls.
    ///
    /// Tests use such a loop to control the order and the time of events. In all other respects it is like any other
    /// loop.
    ///
    /// - Parameters:
    ///   - label: The loop's name in debuggers.
    ///   - time: The start of its clock, in nanoseconds.
    ///   - whenWoken: Called on any thread when the loop has something to do. It must not use the loop.
    /// - Throws: When the system has no descriptors left.
    package init(
        label: String,
        runByHandFrom time: UInt64,
        whenWoken: @escaping @Sendable () -> Void
    ) throws(TransportError) {
        self.label = label
        spins = false
        poller = try Poller(Waker())
        jobQueue = JobQueue(wake: whenWoken)
        startTime = time
        iterationTime = time
        queue = DispatchQueue(label: label)
        source = nil
        isRunByHand = true
    }

    deinit {
        for list in activeDeadlines { list.forgetAll() }
    }

    /// The time on the loop's clock at the start of the iteration, in nanoseconds.
    ///
    /// The clock is the monotonic clock, or the clock of ``run(at:)``.
    package var now: UInt64 { iterationTime }

    /// The time on the loop's clock right now, in nanoseconds.
    package var clock: UInt64 { isRunByHand ? iterationTime : Poller.now }

    /// Whether the calling thread is running this loop right now.
    package var isCurrent: Bool {
        executor.load(ordering: .relaxed) == ThreadIdentity.current
    }

    /// Runs `job` on the loop after all jobs that were added before.
    ///
    /// Any thread may call this method. A job always goes into the queue, even on the loop itself, and runs after the
    /// events of the iteration. No job is lost: a job that is added after the loop has stopped runs on the dispatch
    /// queue of the loop.
    package func execute(_ job: @escaping @Sendable () -> Void) {
        if jobQueue.add(job) { return }
        executeAfterStop(job)
    }

    /// Whether jobs wait, or the loop is to stop; on the loop only.
    ///
    /// If so, what the caller does at once is done before what these jobs do.
    package var hasJobs: Bool { !jobs.isEmpty || jobQueue.hasRequest }

    /// Stops the loop: runs the remaining jobs, closes every stream with ``CloseReason/loopStopped``, and releases all
    /// descriptors and memory.
    ///
    /// Any thread may call this method, which does not wait for the end.
    ///
    /// - Parameter completion: Called on the dispatch queue of the loop when everything is released.
    package func stop(whenStopped completion: (@Sendable () -> Void)? = nil) {
        if jobQueue.requestStop(completion) { return }
        if let completion { queue.async(execute: completion) }
    }

    /// The number of loops of the process that run on Dispatch.
    private static let loopCount = Atomic(0)

    /// The largest number of loops that keep their threads while they wait for events.
    ///
    /// Dispatch has 255 threads for all serial queues of a process. If there are more loops than this limit, each loop
    /// frees its thread whenever it has nothing to do, so that every loop gets a thread when it needs one.
    private static let maximumWaitingLoops = 128

    /// The time since the current iteration began, in nanoseconds; 0 while the loop waits.
    ///
    /// Any thread may read it.
    package var timeInIteration: UInt64 {
        let start = iterationStart.load(ordering: .relaxed)
        let now = Poller.now
        return start == 0 || now < start ? 0 : now - start
    }

    /// Stops the program if the calling thread is not running the loop; in debug builds only.
    package func assertIsCurrent() {
        assert(isCurrent, "used outside its event loop")
    }

    // MARK: Iterations

    /// The time between two checks for traffic, in nanoseconds.
    ///
    /// Without traffic since the last check, the loop frees its thread.
    private static let idleCheckInterval: UInt64 = 500_000_000

    private func runUntilIdle() {
        enter()
        defer { leave() }
        scheduleIdleCheck(after: Poller.now)
        while !hasStopped {
            let keepsThread = Self.loopCount.load(ordering: .relaxed) <= Self.maximumWaitingLoops
            // The timer may be set to a later time, for a deadline.
            if keepsThread, idleCheckTime < timerTime { armTimer(at: idleCheckTime) }
            let mayWait = !spins && !hasWork && jobQueue.beginWait()
            iterationStart.store(0, ordering: .relaxed)
            let eventCount = poller.wait(forEvents: mayWait && keepsThread)
            // An event or a job from now on makes the source run the loop again.
            if mayWait, !keepsThread, eventCount == 0 { return }
            let isStopping = jobQueue.endWait(taking: &jobs)
            iterationTime = Poller.now
            iterationStart.store(iterationTime, ordering: .relaxed)
            runIteration(eventCount: eventCount)
            if isStopping { return shutDown() }
            if iterationTime >= idleCheckTime {
                if !hasBeenBusy, !hasWork, jobQueue.beginWait() { return }
                scheduleIdleCheck(after: iterationTime)
            }
        }
    }

    /// Sets the time of the next check for traffic.
    ///
    /// The timer serves for this check. With a timeout in each wait, the system would set a timer for each wait.
    private func scheduleIdleCheck(after time: UInt64) {
        hasBeenBusy = false
        idleCheckTime = spins ? .max : time &+ Self.idleCheckInterval
    }

    /// Sets the clock of a loop that has no thread to `time`, and runs the loop until it has nothing more to do.
    ///
    /// Only one thread at a time may call this method.
    ///
    /// - Returns: Whether the loop had events or jobs.
    @discardableResult
    package func run(at time: UInt64) -> Bool {
        precondition(isRunByHand && !isCurrent, "a loop that runs already")
        enter()
        defer {
            leave()
            if hasStopped { giveBackResources() }
        }
        var hasWorked = false
        while !hasStopped {
            let eventCount = poller.wait(forEvents: false)
            let isStopping = jobQueue.endWait(taking: &jobs)
            iterationTime = max(time, iterationTime)
            hasWorked = hasWorked || eventCount > 0 || !jobs.isEmpty
            let isIdle = eventCount == 0 && jobs.isEmpty && !hasWork && iterationTime < timerTime
            runIteration(eventCount: eventCount)
            if isStopping { shutDown() } else if isIdle, jobQueue.beginWait() { break }
        }
        return hasWorked
    }

    /// The time of the next deadline, for a loop that ``run(at:)`` runs; `nil` when no deadline is running.
    package var nextDeadline: UInt64? { timerTime == .max ? nil : timerTime }

    private func enter() {
        // Acquires what the last thread that ran the loop has released. Dispatch orders the two threads as well, but
        // tools that do not know Dispatch can follow this.
        _ = executor.exchange(ThreadIdentity.current, ordering: .acquiringAndReleasing)
    }

    private func leave() {
        iterationStart.store(0, ordering: .relaxed)
        executor.store(0, ordering: .releasing)
    }

    // MARK: Deadlines

    /// Whether deadlines are due, and wait until the loop has read the input that arrived before.
    var isCatchingUp: Bool { catchUp != nil }

    /// Lets the due deadlines pass, as soon as the loop has read the input that had arrived when they were found due.
    ///
    /// If the process was suspended or a handler blocked the loop, peers may have sent input in time: see ``CatchUp``.
    func expireDueDeadlines(after eventCount: Int) {
        guard let isDone = catchUp?.advance(eventCount: eventCount, hasUnread: !awaitingContinuation.isEmpty, at: clock)
        else {
            return catchUp = CatchUp(watched: handles.count, at: clock)
        }
        guard isDone else { return }
        catchUp = nil
        expireDeadlines()
    }

    // MARK: Stopping

    private func shutDown() {
        flushOutput()
        hasStopped = true
        for occupant in handles.occupants { occupant.loopStops() }
        while !awaitingRelease.isEmpty { releaseClosed() }
        for list in activeDeadlines { list.removeAll() }
        awaitingContinuation = []
        awaitingFlush = []
        completions = jobQueue.close { executeAfterStop($0) }
        for job in taskJobs { executeAfterStop { self.run(job) } }
        taskJobs = []
        guard let source else { return }
        Self.loopCount.wrappingSubtract(1, ordering: .relaxed)
        source.cancel()
    }

    private func executeAfterStop(_ job: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            enter()
            defer { leave() }
            job()
            while !taskJobs.isEmpty { runTaskJobs() }
            while !awaitingRelease.isEmpty { releaseClosed() }
            awaitingContinuation = []
        }
    }

    private func giveBackResources() {
        enter()
        poller.close()
        readBuffer = nil
        burstBuffers = []
        stage.release()
        sharedDeadlines = []
        let completions = completions
        self.completions = []
        leave()
        for completion in completions { completion() }
    }
}

/// The jobs that wait for an event loop; any thread can add one.
///
/// The queue knows whether the loop waits, so that it wakes the loop only when needed, and only once.
final class JobQueue: Sendable {
    typealias Job = @Sendable () -> Void

    /// The largest capacity of the array of jobs that the loop reuses in the next iteration.
    static let maximumKeptCapacity = 4096

    /// The state of the loop, as far as it is needed to wake the loop.
    ///
    /// The state is atomic, so that the loop need not take the lock in an iteration without jobs.
    private enum LoopState: UInt8, AtomicRepresentable {
        case running
        /// The loop waits or is about to wait: a new job must wake it.
        case waiting
        /// The queue has a job or a request to stop. The loop is running, or was woken.
        case hasRequest
    }

    private struct Contents {
        var jobs: [Job] = []
        var completions: [Job] = []
        var isStopping = false
        /// Wakes the loop; `nil` after ``close(handOver:)``.
        var wake: Job?
    }

    private let loopState = Atomic(LoopState.waiting)
    private let contents: Mutex<Contents>

    /// - Parameter wake: Called on any thread when the loop waits and has something to do. It must not use the loop.
    init(wake: @escaping Job) {
        contents = Mutex(Contents(wake: wake))
    }

    /// Adds a job, and wakes the loop if it waits.
    ///
    /// - Returns: Whether the job was added; `false` after ``close(handOver:)``.
    func add(_ job: @escaping Job) -> Bool {
        change { $0.jobs.append(job) }
    }

    /// Asks the loop to stop, and to call `completion` when it has stopped.
    ///
    /// - Returns: Whether the request was added; `false` after ``close(handOver:)``.
    func requestStop(_ completion: Job?) -> Bool {
        change { contents in
            if let completion { contents.completions.append(completion) }
            contents.isStopping = true
        }
    }

    private func change(_ body: (inout Contents) -> Void) -> Bool {
        let (isOpen, wake) = contents.withLock { contents -> (Bool, Job?) in
            guard let wake = contents.wake else { return (false, nil) }
            body(&contents)
            let found = loopState.exchange(.hasRequest, ordering: .acquiringAndReleasing)
            return (true, found == .waiting ? wake : nil)
        }
        // Not under the lock, for which the loop would have to wait as soon as it wakes.
        wake?()
        return isOpen
    }

    /// Whether the queue has a job or a request to stop.
    var hasRequest: Bool { loopState.load(ordering: .acquiring) == .hasRequest }

    /// Notes that the loop is about to wait, and returns whether it may: only when the queue is empty.
    func beginWait() -> Bool {
        let found = loopState.compareExchange(
            expected: .running,
            desired: .waiting,
            ordering: .acquiringAndReleasing
        )
        return found.original != .hasRequest
    }

    /// Notes that the loop runs, and moves all jobs to `taken`, which is empty.
    ///
    /// - Returns: Whether the loop has been asked to stop.
    func endWait(taking taken: inout [Job]) -> Bool {
        if taken.capacity > Self.maximumKeptCapacity { taken = [] }
        guard loopState.exchange(.running, ordering: .acquiringAndReleasing) == .hasRequest else { return false }
        return contents.withLock { contents in
            swap(&contents.jobs, &taken)
            return contents.isStopping
        }
    }

    /// Closes the queue, and passes the remaining jobs to `handOver` before the queue refuses any later job.
    ///
    /// - Returns: The completions to call when the loop has stopped.
    func close(handOver: (@escaping Job) -> Void) -> [Job] {
        contents.withLock { contents in
            contents.wake = nil
            for job in contents.jobs { handOver(job) }
            contents.jobs = []
            defer { contents.completions = [] }
            return contents.completions
        }
    }
}

/// Identifies threads.
enum ThreadIdentity {
    /// A number of the calling thread that no other running thread has; never 0.
    static var current: UInt { linux_thread_identity() }
}
