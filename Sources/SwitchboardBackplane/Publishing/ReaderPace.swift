internal import DequeModule

/// Gives a publisher the pace of the slowest reader.
///
/// Each entry has the position up to which its server has read the log. While more than ``limit`` bytes of this server's entries are
/// unread by some server, this server sends no blocks. It does not wait for a server that reads nothing for ``stallTime``, until that
/// server reads again; that server counts the blocks that it misses.
///
/// Times are nanoseconds of any clock that never goes back.
struct ReaderPace {
    /// The time for which a publisher waits for a server that reads nothing: 1 s, in nanoseconds.
    static let stallTime: UInt64 = 1_000_000_000

    /// The most unread entries with a position of their own; further entries are added to the last one.
    private static let maximumEntries = 4096

    private struct Unread {
        let position: LogPosition
        let bytes: Int
    }

    private struct Reader {
        var position: LogPosition
        var lastHeard: UInt64
        /// Whether the publisher does not wait for this reader.
        var isStalled = false
    }

    /// The own entries that some reader has not read, the oldest first.
    private var entries: Deque<Unread> = []
    private var readers: [ServerIncarnation: Reader] = [:]
    /// The position of the slowest reader for which the publisher waits.
    private var slowest: LogPosition?
    /// The time since which the slowest reader has read nothing; `nil` when it reads, or when no block waits for it.
    private var quietSince: UInt64?

    /// The size of the own entries that some reader has not read.
    private(set) var unreadBytes = 0

    /// The number of unread bytes above which no block is sent.
    var limit = Int.max

    /// Whether no block may be sent.
    var isHolding: Bool { unreadBytes > limit }

    /// Adds an own entry that the engine has acknowledged.
    mutating func append(at position: LogPosition, bytes: Int) {
        // The readers may have read the entry before its acknowledgement arrived.
        guard readers.values.contains(where: { !$0.isStalled && $0.position < position }) else { return }
        unreadBytes += bytes
        if entries.count == Self.maximumEntries, let last = entries.popLast() {
            entries.append(Unread(position: position, bytes: last.bytes + bytes))
        } else {
            entries.append(Unread(position: position, bytes: bytes))
        }
    }

    /// Notes that a server, which may be this one, has read all entries up to `position`.
    mutating func noteRead(by server: ServerIncarnation, upTo position: LogPosition, at now: UInt64) {
        guard var reader = readers[server] else {
            guard readers.count < SenderTable.maximumSenders else { return }
            return readers[server] = Reader(position: position, lastHeard: now)
        }
        if position > reader.position { reader.isStalled = false }
        reader.position = position
        reader.lastHeard = now
        readers[server] = reader
        removeRead()
    }

    /// Notes the time; call this method several times a second.
    mutating func tick(at now: UInt64) {
        readers = readers.filter { now <= $0.value.lastHeard &+ SenderTable.aliveTime }
        removeRead()
        guard isHolding else { return quietSince = nil }
        guard let quietSince else { return quietSince = now }
        guard now >= quietSince &+ Self.stallTime, let oldest = entries.first else { return }
        for (server, reader) in readers where reader.position < oldest.position { readers[server]?.isStalled = true }
        removeRead()
    }

    /// Removes all entries and readers, because the log may be another one.
    mutating func reset() {
        entries.removeAll()
        readers.removeAll()
        unreadBytes = 0
        slowest = nil
        quietSince = nil
    }

    /// Removes the entries that all readers have read.
    private mutating func removeRead() {
        if entries.isEmpty { return }
        let slowest = readers.values.lazy.filter { !$0.isStalled }.map(\.position).min()
        if slowest != self.slowest { quietSince = nil }
        self.slowest = slowest
        while let entry = entries.first, slowest.map({ entry.position <= $0 }) ?? true {
            entries.removeFirst()
            unreadBytes -= entry.bytes
        }
    }
}
