/// What this server has read of each server's blocks: finds its own entries, those that come again, and those that are missing.
///
/// Times are nanoseconds of any clock that never goes back.
package struct SenderTable {
    /// The most servers that are remembered.
    ///
    /// The one that was heard of least recently is forgotten for a new one.
    package static let maximumSenders = 4096

    /// A server counts as alive for three heartbeats after its last entry, in nanoseconds.
    static let aliveTime = 3 * PendingLog.heartbeatInterval

    /// What is to be done with an entry.
    package enum Verdict: Sendable, Equatable {
        /// Its blocks are new; this many blocks before them are missing.
        case deliver(missed: UInt64)
        /// Its blocks were delivered before.
        case duplicate
        /// This server has sent it.
        case own
        /// It carries this server's incarnation, and this server has not sent it.
        case stolen
    }

    private struct Sender {
        /// The number that its next block should have.
        var next: UInt64
        var lastHeard: UInt64
    }

    private let own: ServerIncarnation
    private var senders: [ServerIncarnation: Sender] = [:]
    /// How many own entries were read.
    private var ownEntries: UInt64 = 0
    /// How many of them may come again, because the log is read again.
    private var rereadEntries: UInt64 = 0

    /// An empty table for the server with this incarnation.
    package init(own: ServerIncarnation) {
        self.own = own
    }

    /// Takes note of an entry that was read.
    ///
    /// - Parameters:
    ///   - first: The number of its first block.
    ///   - count: How many numbers it uses.
    ///   - published: The number of the next block that this server publishes.
    ///   - sent: How many entries this server has sent.
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
            return end > published || ownEntries > sent &+ rereadEntries ? .stolen : .own
        }
        guard var sender = senders[incarnation] else {
            makeRoom()
            // What it published before this server has joined is not missing.
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

    /// Takes note that a part of the log will be read again.
    package mutating func rewind() { rereadEntries &+= ownEntries }

    /// How many other servers are alive.
    package func aliveCount(at now: UInt64) -> Int {
        senders.values.count { now <= $0.lastHeard &+ Self.aliveTime }
    }

    private mutating func makeRoom() {
        guard senders.count >= Self.maximumSenders else { return }
        guard let oldest = senders.min(by: { $0.value.lastHeard < $1.value.lastHeard }) else { return }
        senders[oldest.key] = nil
    }
}
