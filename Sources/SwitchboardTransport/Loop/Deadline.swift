/// The delegate of a deadline.
package protocol DeadlineDelegate: AnyObject {
    /// Called when `deadline` has passed; the delegate may start it again.
    func deadlinePassed(_ deadline: Deadline)
}

/// A timeout on an event loop, which can be renewed.
///
/// Only one event loop uses a deadline. A running deadline is in a ``DeadlineList``, which keeps it alive; the
/// deadline keeps its delegate alive. Starting, renewing and cancelling take constant time.
package final class Deadline {
    /// The time at which the deadline passes, on the clock of the loop, in nanoseconds.
    package internal(set) var time: UInt64 = 0
    @safe @exclusivity(unchecked) var delegate: (any DeadlineDelegate)?
    @safe @exclusivity(unchecked) var next: Deadline?
    // Not counted, because starting and cancelling would take twice as long. The loop keeps a list as long as it has deadlines, and
    // each deadline has a reference to the next one.
    @safe @exclusivity(unchecked) unowned(unsafe) var list: DeadlineList?
    /// Whether ``list`` is set: reading the list would count a reference.
    @safe @exclusivity(unchecked) fileprivate var isInList = false
    @safe @exclusivity(unchecked) unowned(unsafe) var previous: Deadline?

    /// A deadline that is not running.
    package init() {}

    /// Whether the deadline is running.
    package var isRunning: Bool { isInList }

    /// Starts the deadline, which passes after the duration of `list`.
    ///
    /// If the deadline is running, the method cancels it first.
    package func start(in list: DeadlineList, delegate: any DeadlineDelegate) {
        cancel()
        list.append(self, delegate)
    }

    /// Restarts the duration, if the deadline is running.
    package func renew() {
        list?.renew(self)
    }

    /// Cancels the deadline, if it is running.
    package func cancel() {
        list?.remove(self)
    }
}

/// The running deadlines with the same duration, in the order in which they pass.
///
/// The event loop looks only at the first deadline of each list, and sets its only timer to the earliest of these.
/// Therefore idle connections cost nothing, however many there are.
package final class DeadlineList {
    /// The duration of the deadlines.
    package let duration: Duration

    private let nanoseconds: UInt64
    // Not counted: when the loop stops, it removes all deadlines.
    @safe private unowned(unsafe) let loop: EventLoop
    @safe @exclusivity(unchecked) private(set) var first: Deadline?
    @safe @exclusivity(unchecked) private unowned(unsafe) var last: Deadline?

    /// Makes an empty list of deadlines that run for `duration` on `loop`.
    ///
    /// Streams share the lists of their loop: see ``EventLoop/deadlines(lasting:)``.
    package init(lasting duration: Duration, on loop: EventLoop) {
        self.duration = duration
        self.loop = loop
        // At least 1, so that a deadline that its delegate starts again does not pass in the same iteration.
        nanoseconds = max(duration.wholeNanoseconds, 1)
    }

    /// When a deadline that starts now passes, on the clock of the loop, in nanoseconds.
    package var endTime: UInt64 { loop.now &+ nanoseconds }

    func append(_ deadline: Deadline, _ delegate: any DeadlineDelegate) {
        loop.assertIsCurrent()
        guard !loop.hasStopped else { return }
        let isFirst = first == nil
        deadline.list = self
        deadline.isInList = true
        deadline.delegate = delegate
        deadline.time = endTime
        link(deadline)
        if isFirst { loop.activate(self, passingAt: deadline.time) }
    }

    func renew(_ deadline: Deadline) {
        loop.assertIsCurrent()
        deadline.time = endTime
        guard last !== deadline else { return }
        unlink(deadline)
        link(deadline)
    }

    func remove(_ deadline: Deadline) {
        loop.assertIsCurrent()
        forget(deadline)
        // The loop may have the last reference to an empty list.
        withExtendedLifetime(self) {
            if first == nil { loop.deactivate(self) }
        }
    }

    /// Forgets all deadlines, because the loop is being released.
    func forgetAll() {
        while let deadline = first { forget(deadline) }
    }

    private func forget(_ deadline: Deadline) {
        unlink(deadline)
        deadline.list = nil
        deadline.isInList = false
        deadline.delegate = nil
    }

    /// Removes the deadlines that have passed at `now`, and calls their delegates.
    func expire(at now: UInt64) {
        while let deadline = first, deadline.time <= now {
            let delegate = deadline.delegate
            remove(deadline)
            delegate?.deadlinePassed(deadline)
        }
    }

    /// Cancels all deadlines.
    func removeAll() {
        while let deadline = first { remove(deadline) }
    }

    private func link(_ deadline: Deadline) {
        deadline.previous = last
        if let last { last.next = deadline } else { first = deadline }
        last = deadline
    }

    private func unlink(_ deadline: Deadline) {
        if let previous = deadline.previous { previous.next = deadline.next } else { first = deadline.next }
        if let next = deadline.next { next.previous = deadline.previous } else { last = deadline.previous }
        deadline.previous = nil
        deadline.next = nil
    }
}

extension EventLoop {
    /// Returns the list of this loop for deadlines that run for `duration`.
    ///
    /// The loop keeps every list. Use it for the few durations of a configuration.
    package func deadlines(lasting duration: Duration) -> DeadlineList {
        assertIsCurrent()
        if let known = sharedDeadlines.first(where: { $0.duration == duration }) { return known }
        let list = DeadlineList(lasting: duration, on: self)
        sharedDeadlines.append(list)
        return list
    }

    /// The number of lists with running deadlines from which on ``deadlines(lastingAbout:)`` rounds durations.
    private static let maximumExactLists = 64

    /// Returns a list of this loop for deadlines that run for `duration`, which callers may choose freely.
    ///
    /// The loop keeps the list only while it has deadlines. To bound the number of lists, durations are rounded up by at most 1/64 when
    /// deadlines with many durations are running.
    package func deadlines(lastingAbout duration: Duration) -> DeadlineList {
        assertIsCurrent()
        if let known = activeDeadlines.first(where: { $0.duration == duration }) { return known }
        guard activeDeadlines.count >= Self.maximumExactLists else { return DeadlineList(lasting: duration, on: self) }
        let rounded = duration.roundedUp
        return activeDeadlines.first { $0.duration == rounded } ?? DeadlineList(lasting: rounded, on: self)
    }

    func activate(_ list: DeadlineList, passingAt time: UInt64) {
        activeDeadlines.append(list)
        if time < timerTime { armTimer(at: time) }
    }

    func deactivate(_ list: DeadlineList) {
        // The timer stays set. One needless event is cheaper than setting the timer whenever a list becomes empty.
        guard let index = activeDeadlines.firstIndex(where: { $0 === list }) else { return }
        activeDeadlines.swapAt(index, activeDeadlines.count - 1)
        activeDeadlines.removeLast()
    }

    func expireDeadlines() {
        timerTime = .max
        for list in activeDeadlines { list.expire(at: now) }
        if let earliest = activeDeadlines.compactMap({ $0.first?.time }).min(), earliest < timerTime {
            armTimer(at: earliest)
        }
    }

    func armTimer(at time: UInt64) {
        timerTime = time
        if !isRunByHand { poller.armTimer(at: time) }
    }
}

extension Duration {
    /// The duration, longer by at most 1/64: there are 64 such durations between a duration and its double.
    fileprivate var roundedUp: Duration {
        let nanoseconds = wholeNanoseconds
        let droppedBits = max(UInt64.bitWidth - nanoseconds.leadingZeroBitCount - 7, 0)
        let step = UInt64(1) << UInt64(droppedBits)
        return .nanoseconds(Int64(clamping: (nanoseconds &+ step &- 1) & ~(step &- 1)))
    }

    /// The duration in nanoseconds: 0 if it is negative, and at most about 146 years.
    package var wholeNanoseconds: UInt64 {
        let limit = UInt64.max / 4
        let (seconds, attoseconds) = components
        guard self > .zero else { return 0 }
        guard UInt64(seconds) < limit / 1_000_000_000 else { return limit }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
