#if NATS
internal import SwitchboardBackplane

/// Which run of which server a connection leads to, and which stream it has.
struct StreamRun: Equatable {
    /// The identity of the server: a restarted server has another one.
    var server: String
    /// When the stream was created, in nanoseconds since 1970: a stream that was deleted and created again has another time.
    var created: Int64
}

/// From where in the stream to read on.
struct StreamReadPosition {
    /// Where to begin to read.
    enum Start: Equatable {
        /// At this sequence number.
        case sequence(UInt64)
        /// At the first message from this time on, in nanoseconds since 1970.
        case time(Int64)
    }

    /// How far to go back when a server may have lost the end of the stream, in nanoseconds: 5 s.
    ///
    /// What is read twice is recognised.
    static let rewindTime: Int64 = 5_000_000_000

    private var run: StreamRun?
    /// The time of the last message before this server has joined, in nanoseconds since 1970.
    private var joinTime: Int64 = 0
    private var sequence: UInt64 = 0
    private var time: Int64 = 0

    /// No position yet: the first connection decides.
    init() {}

    /// The position in the log; `LogPosition.start` before the first connection.
    var logPosition: LogPosition {
        run.map { LogPosition(high: UInt64(bitPattern: $0.created), low: sequence) } ?? .start
    }

    /// Takes note of a new connection.
    ///
    /// - Parameters:
    ///   - run: What the connection leads to.
    ///   - last: The sequence number of the stream's last message; 0 when there was none yet.
    ///   - lastTime: The time of that message.
    /// - Returns: Where to begin, and whether messages will be read that were read before.
    mutating func connect(to run: StreamRun, last: UInt64, lastTime: Int64) -> (start: Start, rereads: Bool) {
        defer { self.run = run }
        guard let before = self.run else {
            sequence = last
            time = lastTime
            joinTime = lastTime
            return (.sequence(after(last)), false)
        }
        if before == run { return (.sequence(after(sequence)), false) }
        guard before.created == run.created else {
            // All that is in a new stream is new.
            sequence = 0
            time = 0
            joinTime = 0
            return (.sequence(1), true)
        }
        let (earlier, overflows) = time.subtractingReportingOverflow(Self.rewindTime)
        let (join, joinOverflows) = joinTime.addingReportingOverflow(1)
        let start = max(overflows ? 1 : earlier, joinOverflows ? joinTime : join, 1)
        // The server may number other messages as it had numbered the lost ones.
        sequence = 0
        return (.time(start), true)
    }

    /// Takes note of a message that was read.
    mutating func advance(to sequence: UInt64, at time: Int64) {
        self.sequence = sequence
        self.time = time
    }

    /// The next sequence number: the server does not number messages beyond `Int64.max`.
    private func after(_ sequence: UInt64) -> UInt64 { min(sequence, UInt64(Int64.max) - 1) + 1 }
}
#endif
