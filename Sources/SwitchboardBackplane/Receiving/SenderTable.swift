/// The last block of each server that was read: finds own entries, duplicates and missing blocks.
///
/// Times are nanoseconds of any clock that never goes back.
package struct SenderTable {
    /// The most servers in the table.
    ///
    /// A new server replaces the server whose last entry is the oldest.
    package static let maximumSenders = 4096

    /// A server counts as alive for three heartbeats after its last entry, in nanoseconds.
    static let aliveTime = 3 * PendingLog.heartbeatInterval

    /// The classes of entries.
    package enum Verdict: Sendable, Equatable {
        /// The blocks are new; this many blocks before them are missing.
        case deliver(missed: UInt64)
        /// The blocks were delivered before.
        case duplicate
        /// This server has sent the entry.
        case own
        /// The entry has this server's incarnation, and this server has not sent it.
        case conflict
    }

    private struct Sender {
        /// The number of the server's next block.
        var next: UInt64
        var lastHeard: UInt64
    }

    private let own: ServerIncarnation
    private var senders: [ServerIncarnation: Sender] = [:]
    /// The number of own entries that were read.
    private var ownEntries: UInt64 = 0
    /// The number of own entries that may be read again, because the log is read again.
    private var rereadEntries: UInt64 = 0

    /// An empty table for the server with this incarnation.
    package init(own: ServerIncarnation) {
        self.own = own
    }

    /// Notes an entry that was read, and classifies it.
    ///
    /// - Parameters:
    ///   - first: The number of the entry's first block.
    ///   - count: The number of block numbers that the entry uses.
    ///   - published: The number of the next block that this server publishes.
    ///   - sent: The number of entries that this server has sent.
    package mutating func note(
        first: UInt64,
        count: UInt32,
        from incarnation: ServerIncarnation,
        at now: UInt64,
        published: UInt64,
        sent: UInt64
    ) -> Verdict {
        let (end, overflows) = first.addingReportingOverflow(UInt64(count))
        if overflows { return .duplicate }
        if incarnation == own {
            ownEntries &+= 1
            return end > published || ownEntries > sent &+ rereadEntries ? .conflict : .own
        }
        guard var sender = senders[incarnation] else {
            makeRoom()
            // Blocks that the server published before this one joined are not missing.
            senders[incarnation] = Sender(next: end, lastHeard: now)
            return .deliver(missed: 0)
        }
        sender.lastHeard = now
        defer { senders[incarnation] = sender }
        guard first >= sender.next else { return .duplicate }
        let missed = first - sender.next
        sender.next = end
        return .deliver(missed: missed)
    }

    /// Notes that a part of the log will be read again.
    package mutating func rewind() { rereadEntries &+= ownEntries }

    /// The number of other servers that were heard within the last 15 s.
    package func aliveCount(at now: UInt64) -> Int {
        senders.values.count { now <= $0.lastHeard &+ Self.aliveTime }
    }

    private mutating func makeRoom() {
        guard senders.count >= Self.maximumSenders else { return }
        guard let oldest = senders.min(by: { $0.value.lastHeard < $1.value.lastHeard }) else { return }
        senders[oldest.key] = nil
    }
}
