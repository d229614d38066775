#if NATS
internal import SwitchboardBackplane

/// The run of the server to which a connection leads, and its stream.
struct StreamRun: Equatable {
    /// The identity of the server: a restarted server has another one.
    var server: String
    /// When the stream was created, in nanoseconds since 1970: a stream that was deleted and created again has another time.
    var created: Int64
}

/// The position from which this server reads the stream.
struct StreamReadPosition {
    /// The first message to read.
    enum Start: Equatable {
        /// The message with this sequence number.
        case sequence(UInt64)
        /// The first message that is not older than this time, in nanoseconds since 1970.
        case time(Int64)
    }

    /// The time by which the position goes back when a server may have lost the end of the stream, in nanoseconds: 5 s.
    ///
    /// Entries that are read twice are found to be duplicates.
    static let rewindTime: Int64 = 5_000_000_000

    private var run: StreamRun?
    /// The time of the last message before this server has joined, in nanoseconds since 1970.
    private var joinTime: Int64 = 0
    private var sequence: UInt64 = 0
    private var time: Int64 = 0

    /// No position: the first connection determines it.
    init() {}

    /// The position in the log; `LogPosition.start` before the first connection.
    var logPosition: LogPosition {
        run.map { LogPosition(high: UInt64(bitPattern: $0.created), low: sequence) } ?? .start
    }

    /// Notes a new connection.
    ///
    /// - Parameters:
    ///   - run: The run of the server, and its stream.
    ///   - last: The sequence number of the stream's last message; 0 without a message.
    ///   - lastTime: The time of that message.
    /// - Returns: The first message to read, and whether messages that were read before may be read again.
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
            // All messages of a new stream are new.
            sequence = 0
            time = 0
            joinTime = 0
            return (.sequence(1), true)
        }
        let (earlier, overflows) = time.subtractingReportingOverflow(Self.rewindTime)
        let (join, joinOverflows) = joinTime.addingReportingOverflow(1)
        let start = max(overflows ? 1 : earlier, joinOverflows ? joinTime : join, 1)
        // The server may give the numbers of the lost messages to other messages.
        sequence = 0
        return (.time(start), true)
    }

    /// Notes a message that was read.
    mutating func advance(to sequence: UInt64, at time: Int64) {
        self.sequence = sequence
        self.time = time
    }

    /// The next sequence number: the server does not number messages beyond `Int64.max`.
    private func after(_ sequence: UInt64) -> UInt64 { min(sequence, UInt64(Int64.max) - 1) + 1 }
}
#endif
