/// What an event loop reads between the moment at which a deadline is found to be due and the moment at which it passes.
///
/// A loop that did not run for a while, because the process was suspended, the machine was busy or a handler blocked,
/// finds deadlines due together with input that came in time. The input comes first. Two things bound the delay:
/// the number of polls that deliver every descriptor that was ready, and a time limit for streams that have more input
/// than one read takes.
struct CatchUp {
    /// The longest time that deadlines wait for streams that have more to read, in nanoseconds.
    private static let maximumDelay: UInt64 = 250_000_000

    /// The number of polls after which every descriptor that was ready at the start has been delivered: the system
    /// reports ready descriptors in their order, a batch in each poll.
    private var pollsLeft: Int

    /// When the wait for streams with more to read ends, on the loop's clock.
    private let latestTime: UInt64

    /// - Parameters:
    ///   - watched: The number of descriptors that the loop watches, or more.
    ///   - now: The loop's clock.
    init(watched: Int, at now: UInt64) {
        // Two more for the loop's own: the counter and the timer.
        pollsLeft = (watched + 2) / Poller.batchSize + 1
        latestTime = now &+ Self.maximumDelay
    }

    /// Counts a poll that began after the start, and whose events have been handled.
    ///
    /// - Parameters:
    ///   - eventCount: The number of events that the poll returned.
    ///   - hasUnread: Whether a stream has more input than it has read so far.
    ///   - now: The loop's clock.
    /// - Returns: Whether deadlines may pass.
    mutating func advance(eventCount: Int, hasUnread: Bool, at now: UInt64) -> Bool {
        pollsLeft = eventCount < Poller.batchSize ? 0 : pollsLeft - 1
        return pollsLeft <= 0 && (!hasUnread || now >= latestTime)
    }
}
