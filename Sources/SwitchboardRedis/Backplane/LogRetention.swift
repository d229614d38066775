internal import DequeModule

/// Decides which entries of the log are no longer needed, so that the log keeps at least the retention's bytes and not much more.
///
/// Every server reads the whole log, and thus knows the position and the size of each entry, whichever server has appended it. It marks a
/// position after every eighth of the retention. Behind the oldest of nine marks there is at least the retention: a server removes what
/// is before that mark with each entry that it appends. A server that has not read that much since its start removes by number only what
/// cannot belong to the retention.
package struct LogRetention {
    /// The least size of an entry in the memory of Redis, in bytes.
    private static let leastEntryBytes = 64

    /// The number of parts of the retention that marks separate.
    private static let parts = 8

    /// The weight of an entry in the average size.
    private static let weight = 1.0 / 16

    /// The least ``unreadLimit(servers:)``, in bytes: several entries, so that a server can append while others read.
    private static let minimumUnreadLimit = 256 * 1024

    /// The size of the entries that are read at once, in bytes.
    private static let replyBytes = 4.0 * 1024 * 1024

    /// The most bytes that the log can be told to keep: 1 PiB.
    private static let maximumBytes = 1 << 50

    private let bytes: Int
    /// Between two marks there is a part of the retention.
    private var marks: Deque<StreamID> = []
    /// The bytes of the entries behind the last mark.
    private var bytesBehindMark = 0
    /// The last entry that was counted.
    private var last: StreamID?
    private var average: Double?

    package init(bytes: Int) {
        self.bytes = min(max(bytes, 1), Self.maximumBytes)
    }

    /// Counts an entry that was read.
    package mutating func note(entryBytes: Int, at id: StreamID) {
        let size = max(entryBytes, Self.leastEntryBytes)
        average = average.map { $0 + (Double(size) - $0) * Self.weight } ?? Double(size)
        // The first entry is a mark: what is before it was not counted. An entry that is read again counts once.
        guard let last else { return start(at: id) }
        guard id > last else { return }
        self.last = id
        bytesBehindMark += size
        guard bytesBehindMark >= max(bytes / Self.parts, 1) else { return }
        bytesBehindMark = 0
        marks.append(id)
        if marks.count > Self.parts + 1 { marks.removeFirst() }
    }

    private mutating func start(at id: StreamID) {
        last = id
        marks = [id]
        bytesBehindMark = 0
    }

    /// Forgets all positions: the log may be another one, or part of it is read again.
    package mutating func reset() {
        marks = []
        last = nil
        bytesBehindMark = 0
    }

    /// The position before which no entry is needed; `nil` when this server has not read as much as the log keeps.
    package var firstNeeded: StreamID? { marks.count > Self.parts ? marks.first : nil }

    /// The most entries that the log can need, however small they are.
    package var maximumEntries: Int { bytes / Self.leastEntryBytes + 1 }

    /// The number of entries that a log of `size` bytes may keep; `nil` when it is at most twice as large as the retention.
    ///
    /// The sizes of the single entries are not known: the log keeps twice the retention on average.
    package func entryLimit(ofLog size: Int64, entries: Int64) -> Int64? {
        guard size / 2 > Int64(bytes) else { return nil }
        return Int64(min(max(Double(entries) * (2 * Double(bytes) / Double(size)), 0), 1e15))
    }

    /// The size of own entries above which a server sends no block before every server has read some of them, in bytes.
    ///
    /// When `servers` servers publish at the same rate, each is at most a quarter of the log behind its end.
    package func unreadLimit(servers: Int) -> Int {
        max(bytes / 4 / max(servers, 1), Self.minimumUnreadLimit)
    }

    /// The most entries to ask for at once: at least 1, so that a reply is not much larger than 4 MiB.
    package var entriesPerReply: Int {
        Int(max(1, Self.replyBytes / (average ?? Double(Self.leastEntryBytes))))
    }
}
