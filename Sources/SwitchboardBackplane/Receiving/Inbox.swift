package import SwitchboardBytes

/// Decodes the blocks of other servers, and counts invalid entries and entries that are not for this server.
///
/// An inbox is used on one thread at a time.
package struct Inbox {
    /// The content of an entry.
    package struct Delivery: Sendable, Equatable {
        /// New blocks, in their order.
        package var blocks: [BackplaneBlock] = []
        /// The server that has published them.
        package var server = ServerIncarnation(rawValue: 0)
        /// The position up to which that server has read the log; `nil` in an own entry, and in an entry without a position.
        package var read: LogPosition?
        /// The number of blocks of that server that are missing before them.
        package var missed: UInt64 = 0
        /// Whether another server uses this server's incarnation.
        package var hasConflict = false
    }

    private let decoder: EntryDecoder
    private var senders: SenderTable

    /// The counters of received blocks and entries; the others are 0.
    package private(set) var counters = BackplaneStatus.Counters()

    /// An inbox for the server with this incarnation.
    package init(_ fingerprint: ProtocolFingerprint, own: ServerIncarnation) {
        decoder = EntryDecoder(fingerprint)
        senders = SenderTable(own: own)
    }

    /// Decodes an entry of the log.
    ///
    /// - Parameters:
    ///   - published: The number of the next block that this server publishes.
    ///   - sent: The number of entries that this server has sent.
    package mutating func take(_ bytes: Bytes, at now: UInt64, published: UInt64, sent: UInt64) -> Delivery {
        switch decoder.decode(bytes) {
        case .entry(let entry): return take(entry, at: now, published: published, sent: sent)
        case .foreign: counters.foreign &+= 1
        case .otherVersion: counters.otherVersions &+= 1
        case .malformed: counters.malformed &+= 1
        }
        return Delivery()
    }

    private mutating func take(_ entry: Entry, at now: UInt64, published: UInt64, sent: UInt64) -> Delivery {
        let read = entry.read == .start ? nil : entry.read
        let verdict = senders.note(
            first: entry.first,
            count: entry.count,
            from: entry.incarnation,
            at: now,
            published: published,
            sent: sent
        )
        switch verdict {
        case .deliver(let missed):
            counters.received &+= UInt64(entry.count)
            counters.missed = saturatingSum(counters.missed, missed)
            return Delivery(blocks: entry.blocks, server: entry.incarnation, read: read, missed: missed)
        case .duplicate:
            counters.duplicates &+= UInt64(entry.count)
            return Delivery(server: entry.incarnation, read: read)
        case .own: break
        case .conflict:
            counters.incarnationConflicts &+= 1
            return Delivery(hasConflict: true)
        }
        return Delivery()
    }

    /// Counts an invalid entry that has no bytes to decode.
    package mutating func countMalformed() { counters.malformed &+= 1 }

    /// Notes that a part of the log will be read again.
    package mutating func rewind() { senders.rewind() }

    /// The number of other servers that were heard within the last 15 s.
    package func aliveServers(at now: UInt64) -> Int { senders.aliveCount(at: now) }
}

/// The sum, or the largest number when the sum is larger: an entry may claim any number.
private func saturatingSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflows) = left.addingReportingOverflow(right)
    return overflows ? .max : sum
}
