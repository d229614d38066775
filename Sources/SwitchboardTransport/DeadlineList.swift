/// Deadlines of the same length, and so in the order in which they pass.
///
/// Only the first of them is ever looked at, and the loop's one timer is set to the first of all lists: any number of
/// idle connections costs nothing.
package final class DeadlineList {
    /// How long its deadlines run.
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
        // A deadline that is started again when it passes must not pass in the same turn.
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

    /// Tells the delegates of all deadlines that have passed at `now`.
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
