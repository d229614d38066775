internal import CLinux
internal import DequeModule
internal import Dispatch
internal import SwitchboardBytes
internal import Synchronization

/// A thread of control that serves many sockets.
///
/// It is a serial dispatch queue with one source, on an epoll descriptor of the loop's own; sockets are never given to
/// Dispatch. The source wakes the queue, and its handler waits in `epoll_wait` while there is traffic and gives its
/// thread back when there is none. Blocks on the queue would wait until then, so other threads add jobs to a jobQueue, whose
/// event counter is in the same epoll set.
///
/// A loop lives until it is stopped.
package final class EventLoop: @unchecked Sendable {
    /// The loop's name in debuggers.
    package let label: String

    private let spins: Bool
    private let queue: DispatchQueue
    /// The source that runs the loop; `nil` for a loop that is run by hand.
    private let source: (any DispatchSourceRead)?
    /// Asks for a call of ``run(at:)`` of a loop that is run by hand.
    private let whenWoken: (@Sendable () -> Void)?
    private let jobQueue = JobQueue()
    /// The thread that is executing the loop; 0 for none.
    private let executor = Atomic<UInt>(0)
    /// When the current iteration began, on the monotonic clock; 0 while the loop waits.
    private let iterationStart = Atomic<UInt64>(0)

    // All that follows is touched on the loop only.

    let poller: Poller
    /// The memory that input is received into, unless a stream has taken it.
    @safe @exclusivity(unchecked) var readBuffer: ByteStorage?
    /// The output of the current iteration.
    let stage = OutputStage()
    /// The loop's clock when the loop was made.
    package let startTime: UInt64
    /// The monotonic clock at the beginning of the iteration.
    @safe @exclusivity(unchecked) private var iterationTime: UInt64
    /// Whether the loop has stopped, and watches nothing.
    var hasStopped = false

    @safe @exclusivity(unchecked) var handles = HandleTable()
    @safe @exclusivity(unchecked) var jobs: [JobQueue.Job] = []
    /// The stream whose input is being received; its caller holds it meanwhile.
    @safe @exclusivity(unchecked) unowned(unsafe) var receiver: SocketStream?
    /// Streams and listeners that continue in the next iteration: they have more to do than one allows, or were resumed.
    @safe @exclusivity(unchecked) var awaitingContinuation: [any Pollable] = []
    /// Streams whose output is to be sent at the end of the iteration.
    @safe @exclusivity(unchecked) var awaitingFlush: [SocketStream] = []
    /// Streams that have closed, and whose descriptors and delegates are still to be released.
    @safe @exclusivity(unchecked) var awaitingRelease: Deque<SocketStream> = []

    var activeDeadlines: [DeadlineList] = []
    var sharedDeadlines: [DeadlineList] = []
    /// The time to which the timer is set, in nanoseconds.
    var timerTime = UInt64.max
    /// What is still to be read before deadlines that are due may pass; `nil` while none is due.
    private var catchUp: CatchUp?

    /// When the loop checks next whether there was traffic since the last check, and whether there was.
    private var idleCheckTime = UInt64.max
    @safe @exclusivity(unchecked) var hasBeenBusy = false

    private var completions: [JobQueue.Job] = []

    /// Makes a loop that runs until ``stop(whenStopped:)``.
    ///
    /// - Parameters:
    ///   - label: The loop's name in debuggers.
    ///   - spins: Whether the loop polls without waiting. That takes a whole core, and
    ///     spares the other end the cost of waking it: for measuring what the other end costs.
    /// - Throws: When the system has no descriptors left.
    package init(label: String, spins: Bool = false) throws(TransportError) {
        self.label = label
        self.spins = spins
        poller = try Poller()
        startTime = Poller.now
        iterationTime = startTime
        queue = DispatchQueue(label: label)
        let source = DispatchSource.makeReadSource(fileDescriptor: poller.descriptor, queue: queue)
        self.source = source
        whenWoken = nil
        // Both closures hold the loop; Dispatch lets go of them once the source is cancelled.
        Self.loopCount.wrappingAdd(1, ordering: .relaxed)
        source.setEventHandler { @Sendable [self] in runUntilIdle() }
        source.setCancelHandler { @Sendable [self] in giveBackResources() }
        source.resume()
    }

    /// Makes a loop that has no thread, and a clock that stands still: both go on in ``run(at:)`` only.
    ///
    /// For tests that decide what happens when. Everything else is as in any other loop.
    ///
    /// - Parameters:
    ///   - label: The loop's name in debuggers.
    ///   - time: The first time of its clock, in nanoseconds.
    ///   - whenWoken: Called, on any thread, when there is something to do since it ran last. It must not use the loop.
    /// - Throws: When the system has no descriptors left.
    package init(
        label: String,
        runByHandFrom time: UInt64,
        whenWoken: @escaping @Sendable () -> Void
    ) throws(TransportError) {
        self.label = label
        spins = false
        poller = try Poller()
        startTime = time
        iterationTime = time
        queue = DispatchQueue(label: label)
        source = nil
        self.whenWoken = whenWoken
    }

    /// The loop's clock in nanoseconds, read once an iteration: the monotonic clock, unless it is run by hand.
    package var now: UInt64 { iterationTime }

    /// The loop's clock in nanoseconds, read now.
    package var clock: UInt64 { isRunByHand ? iterationTime : Poller.now }

    var isRunByHand: Bool { source == nil }

    /// Whether the calling thread is executing this loop right now.
    package var isCurrent: Bool {
        executor.load(ordering: .relaxed) == ThreadIdentity.current
    }

    /// Runs `job` on the loop, soon, after all jobs that were given before.
    ///
    /// From any thread; on the loop itself, too, it is queued, and runs after the events of the iteration. No job is lost: jobs
    /// that come after the loop has stopped run where it ran.
    package func execute(_ job: @escaping @Sendable () -> Void) {
        if jobQueue.add(job, wake: wake) { return }
        executeAfterStop(job)
    }

    /// Stops the loop, from any thread: runs the jobs that it has, closes every stream with
    /// ``CloseReason/loopStopped``, and gives back all descriptors and memory.
    ///
    /// Returns before that is done.
    ///
    /// - Parameter completion: Called, on the loop's queue, when all has been given back.
    package func stop(whenStopped completion: (@Sendable () -> Void)? = nil) {
        if jobQueue.requestStop(completion, wake: wake) { return }
        if let completion { queue.async(execute: completion) }
    }

    private func wake() {
        if let whenWoken { whenWoken() } else { poller.wake() }
    }

    /// The number of loops in the process that Dispatch runs.
    private static let loopCount = Atomic(0)

    /// The largest number of loops that keep their threads while they wait for events.
    ///
    /// Dispatch has 255 threads for all serial queues of a process. With more loops than this, each gives its thread back
    /// whenever it has nothing to do, so that every loop gets one when it has.
    private static let maximumWaitingLoops = 128

    /// How long the loop has been in its current iteration, in nanoseconds: 0 while it waits.
    ///
    /// From any thread.
    package var timeInIteration: UInt64 {
        let start = iterationStart.load(ordering: .relaxed)
        let now = Poller.now
        return start == 0 || now < start ? 0 : now - start
    }

    /// In debug builds, stops the program when not on the loop.
    package func assertIsCurrent() {
        assert(isCurrent, "used outside its event loop")
    }

    // MARK: Iterations

    /// The interval at which the loop checks for traffic, and gives its thread back when there was none, in nanoseconds.
    private static let idleCheckInterval: UInt64 = 500_000_000

    private func runUntilIdle() {
        enter()
        defer { leave() }
        scheduleIdleCheck(after: Poller.now)
        while !hasStopped {
            let keepsThread = Self.loopCount.load(ordering: .relaxed) <= Self.maximumWaitingLoops
            // Deadlines may have set the timer to a later time.
            if keepsThread, idleCheckTime < timerTime { armTimer(at: idleCheckTime) }
            let mayWait = !spins && !hasWork && jobQueue.beginWait()
            iterationStart.store(0, ordering: .relaxed)
            let eventCount = poller.wait(forEvents: mayWait && keepsThread)
            // Whatever comes from now on makes the source run the loop again.
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

    /// Sets the time of the next check.
    ///
    /// A timeout of each wait would make the system set a timer each time.
    private func scheduleIdleCheck(after time: UInt64) {
        hasBeenBusy = false
        idleCheckTime = spins ? .max : time &+ Self.idleCheckInterval
    }

    /// Runs a loop that is run by hand, at `time` of its clock, until nothing is left to do then.
    ///
    /// No other thread may run it meanwhile.
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

    /// When the next deadline of a loop that is run by hand may pass, on its clock; `nil` when none runs.
    package var nextDeadline: UInt64? { timerTime == .max ? nil : timerTime }

    private func enter() {
        // Acquires what the thread that executed the loop before has released. Dispatch orders the two as well, but
        // tools that do not know Dispatch can follow this.
        _ = executor.exchange(ThreadIdentity.current, ordering: .acquiringAndReleasing)
    }

    private func leave() {
        iterationStart.store(0, ordering: .relaxed)
        executor.store(0, ordering: .releasing)
    }

    // MARK: Deadlines

    /// Whether deadlines are due, and pass as soon as what had come before is read.
    var isCatchingUp: Bool { catchUp != nil }

    /// Lets deadlines pass that are due, once everything is read that had come when they were found to be due.
    ///
    /// The process may have been suspended, or the loop blocked: what peers have sent in the meantime counts.
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
        guard let source else { return }
        Self.loopCount.wrappingSubtract(1, ordering: .relaxed)
        source.cancel()
    }

    private func executeAfterStop(_ job: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            enter()
            defer { leave() }
            job()
            while !awaitingRelease.isEmpty { releaseClosed() }
            awaitingContinuation = []
        }
    }

    private func giveBackResources() {
        enter()
        poller.close()
        readBuffer = nil
        stage.release()
        sharedDeadlines = []
        let completions = completions
        self.completions = []
        leave()
        for completion in completions { completion() }
    }
}

/// The jobs that other threads, and the loop itself, have for an event loop.
///
/// It knows whether the loop may be waiting, so that the loop is woken once and only when it has to be.
final class JobQueue: Sendable {
    typealias Job = @Sendable () -> Void

    /// The largest memory for jobs, in jobs, that is kept from one iteration to the next.
    private static let maximumKeptCapacity = 4096

    /// What the loop is doing.
    ///
    /// In most iterations the jobQueue is empty, and the loop need not take the lock to see that.
    private enum LoopState: UInt8, AtomicRepresentable {
        case running
        /// The loop waits, or is about to, and so must be woken.
        case waiting
        /// There is mail that the loop has not taken yet; it runs, or has been woken.
        case hasRequest
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
    /// - Returns: Whether the jobQueue took the job, which it does until it is closed.
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
    /// - Returns: Whether the jobQueue took the completion, which it does until it is closed.
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
        if loopState.exchange(.hasRequest, ordering: .acquiringAndReleasing) == .waiting { wake() }
    }

    /// Lets the loop wait, unless there is mail.
    func beginWait() -> Bool {
        let found = loopState.compareExchange(
            expected: .running,
            desired: .waiting,
            ordering: .acquiringAndReleasing
        )
        return found.original != .hasRequest
    }

    /// Takes all jobs, in exchange for the memory of `taken`, which is empty.
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

/// The identity of threads.
enum ThreadIdentity {
    /// The identity of the calling thread, which no other running thread has; never 0.
    static var current: UInt { linux_thread_identity() }
}
