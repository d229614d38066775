/// The position from which this server reads the log.
package struct ReadPosition {
    /// The time by which the position goes back when another Redis may have taken over, in milliseconds: 5 s.
    ///
    /// The clock of the new server may be behind, and it may lack entries of its predecessor. Entries that are read twice are found to
    /// be duplicates.
    package static let rewindTime: UInt64 = 5000

    /// The end of the log when this server joined: earlier entries are not for this server.
    private var start: StreamID?
    /// The last entry that was read.
    package private(set) var last: StreamID?
    private var run = ServerRun()

    /// No position: the first connection determines it.
    package init() {}

    /// Notes a new connection.
    ///
    /// - Parameters:
    ///   - runID: The server's `run_id`; `nil` when the server does not report it.
    ///   - end: The last entry of its log; `nil` when the log is empty.
    /// - Returns: Whether entries that were read before may be read again.
    package mutating func connect(runID: String?, end: StreamID?) -> Bool {
        let mayLackEntries = run.connect(to: runID)
        guard let start, let last else {
            start = end ?? .zero
            last = start
            return false
        }
        guard mayLackEntries else { return false }
        // All entries of a new log are new.
        guard let end else {
            self.last = .zero
            return true
        }
        let target = min(last, end).earlier(byMilliseconds: Self.rewindTime)
        // A log that ends before this server has joined has other times: any entry may be new.
        self.last = end < start ? target : max(target, start)
        return true
    }

    /// Notes an entry that was read.
    package mutating func advance(to id: StreamID) { last = id }
}
