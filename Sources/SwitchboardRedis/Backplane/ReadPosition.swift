/// From where in the log to read on.
package struct ReadPosition {
    /// How far to go back when another Redis may have taken over, in milliseconds: 5 s.
    ///
    /// Its clock may be behind, and it may not have all that its predecessor had. What is read twice is recognised.
    package static let rewindTime: UInt64 = 5000

    /// Where this server has begun: what is before is not for it.
    private var start: StreamID?
    /// The last entry that was read.
    package private(set) var last: StreamID?
    private var run = ServerRun()

    /// No position yet: the first connection decides.
    package init() {}

    /// Takes note of a new connection.
    ///
    /// - Parameters:
    ///   - runID: The server's `run_id`, or `nil` when the server does not tell.
    ///   - end: The last entry of its log; `nil` when the log is empty.
    /// - Returns: Whether entries will be read that were read before.
    package mutating func connect(runID: String?, end: StreamID?) -> Bool {
        let mayLackEntries = run.connect(to: runID)
        guard let start, let last else {
            start = end ?? .zero
            last = start
            return false
        }
        guard mayLackEntries else { return false }
        // All that is in a new log is new.
        guard let end else {
            self.last = .zero
            return true
        }
        let target = min(last, end).earlier(byMilliseconds: Self.rewindTime)
        // A log that ends before this server's start has other times: then nothing is known to be old.
        self.last = end < start ? target : max(target, start)
        return true
    }

    /// Takes note of an entry that was read.
    package mutating func advance(to id: StreamID) { last = id }
}
