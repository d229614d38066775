/// Gets the call when a deadline passes.
package protocol DeadlineDelegate: AnyObject {
    /// `deadline`, which was started and neither renewed nor cancelled in time, has passed. It may be started again.
    func deadlinePassed(_ deadline: Deadline)
}

/// A time by which an event is due.
///
/// Used on one event loop only.
///
/// While it runs it is held by its list, and holds its delegate. Starting, renewing and cancelling cost the same
/// however many others there are.
package final class Deadline {
    /// The time at which it passes, on the loop's clock, in nanoseconds.
    package internal(set) var time: UInt64 = 0
    var list: DeadlineList?
    var delegate: (any DeadlineDelegate)?
    var previous: Deadline?
    var next: Deadline?

    /// A deadline that does not run yet.
    package init() {}

    /// Whether it is running.
    package var isRunning: Bool { list != nil }

    /// Starts the deadline: it passes after the duration of `list`.
    ///
    /// A deadline that runs in another list is cancelled there.
    package func start(in list: DeadlineList, delegate: any DeadlineDelegate) {
        cancel()
        list.append(self, delegate)
    }

    /// Starts the duration anew, if the deadline is running.
    package func renew() {
        list?.renew(self)
    }

    /// Cancels the deadline, if it is running.
    package func cancel() {
        list?.remove(self)
    }
}

/// Deadlines of the same duration, in the order in which they pass.
///
/// Only the first of them is ever looked at, and the loop's one timer is set to the first of all lists: any number of
/// idle connections costs nothing.
package final class DeadlineList {
    /// The duration of its deadlines.
    package let duration: Duration

    private let nanoseconds: UInt64
    private unowned let loop: EventLoop
    private(set) var first: Deadline?
    private var last: Deadline?

    /// Makes an empty list for deadlines that run for `duration` on `loop`.
    ///
    /// Streams share the lists of a loop: ``EventLoop/deadlines(lasting:)``.
    package init(lasting duration: Duration, on loop: EventLoop) {
        self.duration = duration
        self.loop = loop
        // A deadline that is started again when it passes must not pass in the same iteration.
        nanoseconds = max(duration.wholeNanoseconds, 1)
    }

    func append(_ deadline: Deadline, _ delegate: any DeadlineDelegate) {
        loop.assertIsCurrent()
        guard !loop.hasStopped else { return }
        let isFirst = first == nil
        deadline.list = self
        deadline.delegate = delegate
        deadline.time = loop.now &+ nanoseconds
        link(deadline)
        if isFirst { loop.activate(self, passingAt: deadline.time) }
    }

    func renew(_ deadline: Deadline) {
        loop.assertIsCurrent()
        deadline.time = loop.now &+ nanoseconds
        guard last !== deadline else { return }
        unlink(deadline)
        link(deadline)
    }

    func remove(_ deadline: Deadline) {
        loop.assertIsCurrent()
        unlink(deadline)
        deadline.list = nil
        deadline.delegate = nil
        if first == nil { loop.deactivate(self) }
    }

    /// Calls the delegates of all deadlines that have passed at `now`.
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
    /// The loop's own list of deadlines that run for `duration`, for the few durations of a configuration: it is kept
    /// as long as the loop is.
    package func deadlines(lasting duration: Duration) -> DeadlineList {
        assertIsCurrent()
        if let known = sharedDeadlines.first(where: { $0.duration == duration }) { return known }
        let list = DeadlineList(lasting: duration, on: self)
        sharedDeadlines.append(list)
        return list
    }

    func activate(_ list: DeadlineList, passingAt time: UInt64) {
        activeDeadlines.append(list)
        if time < timerTime { armTimer(at: time) }
    }

    func deactivate(_ list: DeadlineList) {
        // The timer stays as it is: firing in vain once is cheaper than setting it for every deadline that is met.
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
    /// In nanoseconds, as clocks count them: 0 when it is negative, about 146 years at most.
    package var wholeNanoseconds: UInt64 {
        let limit = UInt64.max / 4
        let (seconds, attoseconds) = components
        guard self > .zero else { return 0 }
        guard UInt64(seconds) < limit / 1_000_000_000 else { return limit }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
