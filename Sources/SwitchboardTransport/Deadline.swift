/// Is told when a time has come.
package protocol DeadlineDelegate: AnyObject {
    /// `deadline`, which was started and neither renewed nor cancelled in time, has passed. It may be started again.
    func deadlinePassed(_ deadline: Deadline)
}

/// A time by which something should have happened.
///
/// Used on one event loop only.
///
/// While it runs it is held by its list, and holds its delegate. Starting, renewing and cancelling cost the same
/// however many others there are.
package final class Deadline {
    /// When it passes, on the monotonic clock in nanoseconds.
    package internal(set) var time: UInt64 = 0
    var list: DeadlineList?
    var delegate: (any DeadlineDelegate)?
    var previous: Deadline?
    var next: Deadline?

    /// A deadline that does not run yet.
    package init() {}

    /// Whether it is running.
    package var isRunning: Bool { list != nil }

    /// Lets it run from now, for as long as `list` says.
    ///
    /// Where it ran before does not matter any more.
    package func start(in list: DeadlineList, delegate: any DeadlineDelegate) {
        cancel()
        list.append(self, delegate)
    }

    /// Lets it run from now again, if it is running.
    package func renew() {
        list?.renew(self)
    }

    /// Lets it run no longer.
    package func cancel() {
        list?.remove(self)
    }
}
