internal import Synchronization

/// The pending log of a backplane, which the publishing threads and the sending thread share.
package final class Outbox: Sendable {
    private struct Drain {
        /// The drain ends when every block below this number is acknowledged.
        let end: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var log: PendingLog
        var drains: [UInt64: Drain] = [:]
        var drainCount: UInt64 = 0
        var reportedDrops: UInt64 = 0
        var hasReportedDegradation = false
        var isOpen = false
        var isClosed = false
    }

    private let state: Mutex<State>
    private let isHolding = Atomic(false)
    /// Whether the sender will look for entries, so that a published block need not wake it.
    private let isWakeupPending = Atomic(false)
    private let wake: @Sendable () -> Void

    /// An empty outbox that takes no blocks before ``open()``.
    ///
    /// - Parameter wake: Called on any thread when a block is published after ``requestWakeup()``: makes the sender run.
    package init(limits: BackplaneLimits, wake: @escaping @Sendable () -> Void) {
        state = Mutex(State(log: PendingLog(limits: limits)))
        self.wake = wake
    }

    /// Whether publishers are to be held.
    package var holdsPublishers: Bool { isHolding.load(ordering: .acquiring) }

    /// Queues a block, unless the outbox is closed.
    package func publish(_ block: BackplaneBlock) {
        let isTaken = state.withLock { state in
            guard state.isOpen else { return false }
            state.log.append(block)
            isHolding.store(state.log.holdsPublishers, ordering: .releasing)
            return true
        }
        if isTaken, !isWakeupPending.exchange(true, ordering: .acquiringAndReleasing) { wake() }
    }

    /// Makes the next published block wake the sender.
    ///
    /// The sender calls this method before it looks for entries, so that it misses none.
    package func requestWakeup() { isWakeupPending.store(false, ordering: .releasing) }

    /// Changes the log, for the sender.
    ///
    /// - Returns: What `body` returns, and whether held publishers are to be released.
    package func update<Result: Sendable>(
        _ body: (inout PendingLog) -> Result
    ) -> (result: Result, releasesPublishers: Bool) {
        let (result, wasHolding, isHolding, drains) = state.withLock { state in
            let wasHolding = state.log.holdsPublishers
            let result = body(&state.log)
            self.isHolding.store(state.log.holdsPublishers, ordering: .releasing)
            return (result, wasHolding, state.log.holdsPublishers, Self.takeFinished(&state))
        }
        for drain in drains { drain.continuation.resume(returning: true) }
        return (result, wasHolding && !isHolding)
    }

    /// Notes the time; call this method several times a second.
    ///
    /// - Parameter unreadLimit: See ``PendingLog/limitUnread(to:)``.
    /// - Returns: What has happened since the last call, and whether held publishers are to be released.
    package func tick(at now: UInt64, unreadLimit: Int) -> (events: [BackplaneEvent], releasesPublishers: Bool) {
        let ((isDegraded, dropped), releasesPublishers) = update { log in
            log.limitUnread(to: unreadLimit)
            log.tick(at: now)
            return (log.isDegraded, log.dropped)
        }
        let events = state.withLock { state in
            var events: [BackplaneEvent] = []
            if isDegraded, !state.hasReportedDegradation { events.append(.degraded) }
            if dropped > state.reportedDrops { events.append(.dropped(dropped - state.reportedDrops)) }
            state.hasReportedDegradation = isDegraded
            state.reportedDrops = dropped
            return events
        }
        return (events, releasesPublishers)
    }

    /// Writes the state of the queue, and the counters of published blocks, into a status.
    package func report(to status: inout BackplaneStatus) {
        state.withLock { state in
            status.counters.published = state.log.next
            status.counters.dropped = state.log.dropped
            status.counters.rejections = state.log.rejections
            status.waitingBlocks = state.log.waitingBlocks
            status.waitingBytes = state.log.waitingBytes
            status.holdsPublishers = state.log.holdsPublishers
        }
    }

    private static func takeFinished(_ state: inout State) -> [Drain] {
        if state.drains.isEmpty { return [] }
        let first = state.log.firstUnacknowledged
        let finished = state.drains.filter { $0.value.end <= first }
        for key in finished.keys { state.drains[key] = nil }
        return Array(finished.values)
    }

    /// Reads the log.
    package func read<Result: Sendable>(_ body: (borrowing PendingLog) -> Result) -> Result {
        state.withLock { body($0.log) }
    }

    // MARK: Draining

    /// Waits until the engine has acknowledged every block that was published before.
    ///
    /// - Returns: Whether it has: `false` when `timeout` is over or the outbox is closed first.
    package func drain(within timeout: Duration) async -> Bool {
        let number = state.withLock { state in
            state.drainCount &+= 1
            return state.drainCount
        }
        let timer = Task {
            try await Task.sleep(for: timeout)
            giveUp(number)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if state.log.firstUnacknowledged == state.log.next { return true }
                    guard !state.isClosed, timeout > .zero, !Task.isCancelled else { return false }
                    state.drains[number] = Drain(end: state.log.next, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            giveUp(number)
        }
    }

    private func giveUp(_ number: UInt64) {
        let drain = state.withLock { $0.drains.removeValue(forKey: number) }
        drain?.continuation.resume(returning: false)
    }

    /// Takes blocks from now on.
    package func open() {
        state.withLock { if !$0.isClosed { $0.isOpen = true } }
    }

    /// Takes no more blocks, and ends all drains.
    package func close() {
        let drains = state.withLock { state in
            state.isOpen = false
            state.isClosed = true
            defer { state.drains = [:] }
            return state.drains.values
        }
        for drain in drains { drain.continuation.resume(returning: false) }
    }
}
