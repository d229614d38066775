package import SwitchboardBytes

/// Turns entries of the log into blocks of other servers, and counts what is wrong with the rest.
///
/// Used on one thread at a time.
package struct Inbox {
    /// What an entry has brought.
    package struct Delivery: Sendable, Equatable {
        /// New blocks, in their order.
        package var blocks: [BackplaneBlock] = []
        /// The server that has published them.
        package var server = ServerIncarnation(rawValue: 0)
        /// The position up to which this server has read the log; `nil` in an own entry, and when the server does not say.
        package var read: LogPosition?
        /// How many blocks of this server are missing before them.
        package var missed: UInt64 = 0
        /// Whether another server uses this server's incarnation.
        package var isStolen = false
    }

    private let decoder: EntryDecoder
    private var senders: SenderTable

    /// Only the counters of what was received are used.
    package private(set) var counters = BackplaneStatus.Counters()

    /// An inbox for the server with this incarnation.
    package init(_ fingerprint: ProtocolFingerprint, own: ServerIncarnation) {
        decoder = EntryDecoder(fingerprint)
        senders = SenderTable(own: own)
    }

    /// Takes an entry that was read from the log.
    ///
    /// - Parameters:
    ///   - published: The number of the next block that this server publishes.
    ///   - sent: How many entries this server has sent.
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
        case .stolen:
            counters.stolenIncarnations &+= 1
            return Delivery(isStolen: true)
        }
        return Delivery()
    }

    /// Counts something in the log that is no entry at all.
    package mutating func countMalformed() { counters.malformed &+= 1 }

    /// Takes note that a part of the log will be read again.
    package mutating func rewind() { senders.rewind() }

    /// How many other servers are alive.
    package func aliveServers(at now: UInt64) -> Int { senders.aliveCount(at: now) }
}

/// The sum, or the largest number when the sum is larger: an entry may claim any number.
private func saturatingSum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflows) = left.addingReportingOverflow(right)
    return overflows ? .max : sum
}
