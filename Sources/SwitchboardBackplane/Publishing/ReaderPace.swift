internal import DequeModule

/// Gives a publisher the pace of the slowest reader: knows which own entries some server has not read yet.
///
/// Each entry says how far its server has read the log. While servers have not read more than ``limit`` bytes of this server's
/// entries, this server sends no further blocks. A server that reads nothing for ``stallTime`` is not waited for until it reads again:
/// it counts the blocks that it misses.
///
/// Times are nanoseconds of any clock that never goes back.
struct ReaderPace {
    /// How long a publisher waits for a server that reads nothing: 1 s, in nanoseconds.
    static let stallTime: UInt64 = 1_000_000_000

    /// The most entries that are remembered one by one.
    private static let maximumEntries = 4096

    private struct Unread {
        let position: LogPosition
        let bytes: Int
    }

    private struct Reader {
        var position: LogPosition
        var lastHeard: UInt64
        /// Whether it is not waited for.
        var isStalled = false
    }

    /// The own entries that some reader has not read, the oldest first.
    private var entries: Deque<Unread> = []
    private var readers: [ServerIncarnation: Reader] = [:]
    /// The position of the slowest reader that is waited for.
    private var slowest: LogPosition?
    /// The slowest reader has made no progress since this time; `nil` when it has, or no block waits for it.
    private var quietSince: UInt64?

    /// The size of the own entries that some reader has not read.
    private(set) var unreadBytes = 0

    /// The number of unread bytes above which no block is sent.
    var limit = Int.max

    /// Whether no block is to be sent.
    var isHolding: Bool { unreadBytes > limit }

    /// Adds an own entry that the engine has acknowledged.
    mutating func append(at position: LogPosition, bytes: Int) {
        // A reader may have read it already, because it has a connection of its own.
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

    /// Forgets all: the log may be another one.
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
