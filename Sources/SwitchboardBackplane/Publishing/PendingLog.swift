internal import DequeModule
package import SwitchboardBytes

/// The blocks that this server has published and the engine has not acknowledged.
///
/// The log numbers the blocks. A dropped block keeps its number, so that receivers notice that the number is missing. The log also
/// decides when publishers are held.
///
/// Blocks are joined to entries when they are sent. No blocks are sent while readers are too far behind (``ReaderPace``). An entry is
/// in one of three places:
///
/// - *in flight*: sent, and not acknowledged. An entry in flight is never dropped or changed;
/// - *to be sent again*: it was in flight on a connection that has closed, or the engine has rejected it;
/// - *kept*: acknowledged a short time ago. An engine that was restarted or replaced may have lost it: ``replay()``.
///
/// Times are nanoseconds of any clock that never goes back.
package struct PendingLog {
    /// An entry grows until its blocks have this many bytes; only a block that is larger makes a larger entry.
    package static let entryBytes = 64 * 1024

    /// The most entries in flight.
    ///
    /// Blocks that are published meanwhile become one entry: the more the engine has to do, the larger the entries are.
    package static let maximumInFlight = 2

    /// The bytes that are counted for each block besides its own.
    static let blockOverhead = 64

    /// The most bytes of acknowledged entries that are kept.
    static let maximumKeptBytes = 8 * 1024 * 1024

    /// The time for which acknowledged entries are kept: 5 s, in nanoseconds.
    static let keepTime: UInt64 = 5_000_000_000

    /// The time after the last entry at which a heartbeat is due: 5 s, in nanoseconds.
    package static let heartbeatInterval: UInt64 = 5_000_000_000

    /// The time after a rejection in which only one entry is in flight: 10 s, in nanoseconds.
    ///
    /// With two, the engine could reject the first and accept the second; the first could not be sent again in order.
    static let cautionTime: UInt64 = 10_000_000_000

    /// An entry that is sent.
    package struct Outgoing: Sendable, Equatable {
        /// The number of the first block.
        package let first: UInt64
        /// The blocks; none in a heartbeat.
        package let blocks: [BackplaneBlock]
        /// The bytes that ``PendingLog/waitingBytes`` counts for the entry.
        fileprivate let waitingBytes: Int
        fileprivate var isRejected = false

        /// The size of the blocks in the entry.
        fileprivate var encodedBytes: Int { waitingBytes - blocks.count * PendingLog.blockOverhead }

        /// The bytes of the entry.
        ///
        /// - Parameter read: The position up to which this server has read the log.
        package func encoded(
            _ fingerprint: ProtocolFingerprint,
            _ incarnation: ServerIncarnation,
            read: LogPosition = .start
        ) -> Bytes {
            EntryEncoder.encode(fingerprint, incarnation, read: read, first: first, blocks)
        }
    }

    private struct Waiting {
        let number: UInt64
        let block: BackplaneBlock

        var bytes: Int { block.encodedBytes + blockOverhead }
    }

    private struct Kept {
        let entry: Outgoing
        let time: UInt64
    }

    private let limits: BackplaneLimits

    private var waiting: Deque<Waiting> = []
    private var resending: Deque<Outgoing> = []
    private var inFlight: Deque<Outgoing> = []
    private var kept: Deque<Kept> = []
    private var keptBytes = 0

    /// The number of the next block that is published.
    package private(set) var next: UInt64 = 0
    /// The number of blocks that were dropped.
    package private(set) var dropped: UInt64 = 0
    /// The number of rejections of an entry.
    package private(set) var rejections: UInt64 = 0
    /// The number of entries that were sent; an entry that was sent twice counts twice.
    package private(set) var sentEntries: UInt64 = 0
    /// The bytes of all blocks that the engine has not acknowledged, and an overhead for each.
    package private(set) var waitingBytes = 0
    /// The number of all blocks that the engine has not acknowledged.
    package private(set) var waitingBlocks = 0

    private var hold: PublisherHold
    private var pace = ReaderPace()
    /// The size of the entries that this server has read since it last sent an entry, which has its position.
    private var unreportedBytes = 0
    private var lastSendTime: UInt64?
    private var cautionEnd: UInt64 = 0

    /// An empty log.
    package init(limits: BackplaneLimits = BackplaneLimits()) {
        self.limits = limits
        hold = PublisherHold(limits)
    }

    /// The number of the first block that the engine has not acknowledged; ``next`` when it has acknowledged all.
    package var firstUnacknowledged: UInt64 {
        inFlight.first?.first ?? resending.first?.first ?? waiting.first?.number ?? next
    }

    /// Whether publishers are to be held.
    package var holdsPublishers: Bool { hold.isHolding }

    /// Whether publishers were held for too long, and were released.
    package var isDegraded: Bool { hold.hasGivenUp }

    // MARK: Publishing

    /// Numbers a block and queues it.
    ///
    /// The log drops the block when no entry can contain it, and the oldest blocks when too many bytes are queued.
    package mutating func append(_ block: BackplaneBlock) {
        let number = next
        next &+= 1
        guard block.fitsEntry else { return dropped &+= 1 }
        let new = Waiting(number: number, block: block)
        waiting.append(new)
        waitingBlocks += 1
        waitingBytes += new.bytes
        while waitingBytes > limits.maximumWaitingBytes, let oldest = waiting.popFirst() {
            dropped &+= 1
            waitingBlocks -= 1
            waitingBytes -= oldest.bytes
        }
        hold.noteGrowth(waitingBytes: waitingBytes)
    }

    // MARK: Sending

    /// The next entry to send, which is in flight from now on; `nil` when there is none, or enough are in flight.
    package mutating func takeEntry(at now: UInt64) -> Outgoing? {
        let limit = now < cautionEnd ? 1 : Self.maximumInFlight
        // Entries after a rejected entry wait until it is sent again or dropped.
        guard inFlight.count < limit, inFlight.first?.isRejected != true else { return nil }
        guard let entry = resending.popFirst() ?? joinedEntry() ?? heartbeat(at: now) else { return nil }
        inFlight.append(entry)
        sentEntries &+= 1
        lastSendTime = now
        unreportedBytes = 0
        return entry
    }

    private mutating func joinedEntry() -> Outgoing? {
        guard !pace.isHolding, let first = waiting.first else { return nil }
        var blocks: [BackplaneBlock] = []
        var bytes = 0
        var countedBytes = 0
        while let next = waiting.first, blocks.count < Entry.maximumBlocks,
            next.number == first.number &+ UInt64(blocks.count),
            blocks.isEmpty || bytes + next.block.encodedBytes <= Self.entryBytes
        {
            waiting.removeFirst()
            blocks.append(next.block)
            bytes += next.block.encodedBytes
            countedBytes += next.bytes
        }
        return Outgoing(first: first.number, blocks: blocks, waitingBytes: countedBytes)
    }

    /// An entry without blocks.
    ///
    /// It shows receivers that this server runs, how far it has read, and the number of its next block, so that they notice when the
    /// last blocks before a pause are missing.
    private func heartbeat(at now: UInt64) -> Outgoing? {
        let isDue = lastSendTime.map { now >= $0 &+ Self.heartbeatInterval } ?? true
        guard isDue || unreportedBytes > pace.limit / 4, inFlight.isEmpty else { return nil }
        // Blocks may wait for readers.
        return Outgoing(first: firstUnacknowledged, blocks: [], waitingBytes: 0)
    }

    // MARK: The pace of readers

    /// The size of the own entries that some server has not read.
    package var unreadBytes: Int { pace.unreadBytes }

    /// Sets the number of unread bytes of this server's entries above which it sends no blocks.
    ///
    /// After reading a quarter of that number, this server sends its position.
    /// There is no limit before the first call.
    package mutating func limitUnread(to bytes: Int) { pace.limit = bytes }

    /// Notes that another server has read the log up to `position`.
    package mutating func noteRead(by server: ServerIncarnation, upTo position: LogPosition, at now: UInt64) {
        pace.noteRead(by: server, upTo: position, at: now)
    }

    /// Notes that this server has read `bytes` of entries, up to `position`.
    package mutating func noteOwnRead(
        _ bytes: Int,
        by server: ServerIncarnation,
        upTo position: LogPosition,
        at now: UInt64
    ) {
        unreportedBytes += bytes
        pace.noteRead(by: server, upTo: position, at: now)
    }

    // MARK: Replies of the engine

    /// Notes that the engine has acknowledged the first entry in flight without a reply.
    ///
    /// Rejected entries before it are dropped: if they were sent now, they would follow this one.
    ///
    /// - Parameter position: The entry's position in the log; `nil` when the engine does not report it.
    package mutating func acknowledge(at now: UInt64, position: LogPosition? = nil) {
        guard let index = inFlight.firstIndex(where: { !$0.isRejected }) else { return }
        for entry in inFlight.prefix(index) {
            dropped &+= UInt64(entry.blocks.count)
            forget(entry)
        }
        let entry = inFlight[index]
        forget(entry)
        inFlight.removeFirst(index + 1)
        if !entry.blocks.isEmpty {
            keep(entry, at: now)
            if let position { pace.append(at: position, bytes: entry.encodedBytes) }
        }
        // The time passes only with acknowledgements: after an outage, the engine may have lost the entries before it.
        while let oldest = kept.first, now >= oldest.time &+ Self.keepTime { dropKept(oldest.entry) }
        resendIfAllRejected()
        // A heartbeat takes no block out of the queue: publishers that are held gain nothing from it.
        if !entry.blocks.isEmpty { hold.noteProgress(waitingBytes: waitingBytes, at: now) }
    }

    /// Notes that the engine has rejected the first entry in flight without a reply, which is sent again later.
    package mutating func reject(at now: UInt64) {
        guard let index = inFlight.firstIndex(where: { !$0.isRejected }) else { return }
        inFlight[index].isRejected = true
        rejections &+= 1
        cautionEnd = now &+ Self.cautionTime
        resendIfAllRejected()
    }

    /// Drops the first entry in flight without a reply, because the engine can never accept it.
    package mutating func discard(at now: UInt64) {
        guard let index = inFlight.firstIndex(where: { !$0.isRejected }) else { return }
        let entry = inFlight.remove(at: index)
        dropped &+= UInt64(entry.blocks.count)
        forget(entry)
        resendIfAllRejected()
        hold.noteProgress(waitingBytes: waitingBytes, at: now)
    }

    /// Notes that the connection is lost: the entries in flight are sent again.
    ///
    /// The next connection begins with a heartbeat when there is nothing else to send, which shows whether it works.
    package mutating func loseConnection() {
        resendInFlight()
        lastSendTime = nil
    }

    /// Sends the kept entries again, because the engine may have lost them.
    ///
    /// Receivers drop the duplicates.
    package mutating func replay() {
        for entry in kept.lazy.map(\.entry) {
            waitingBlocks += entry.blocks.count
            waitingBytes += entry.waitingBytes
        }
        resend(kept.lazy.map(\.entry))
        kept.removeAll()
        keptBytes = 0
        pace.reset()
        hold.noteGrowth(waitingBytes: waitingBytes)
    }

    /// Notes the time; call this method several times a second.
    package mutating func tick(at now: UInt64) {
        hold.tick(waitingBytes: waitingBytes, at: now)
        pace.tick(at: now)
    }

    private mutating func resendIfAllRejected() {
        if inFlight.allSatisfy(\.isRejected) { resendInFlight() }
    }

    private mutating func resendInFlight() {
        resend(inFlight)
        inFlight.removeAll()
    }

    private mutating func resend(_ entries: some Collection<Outgoing>) {
        resending.insert(
            contentsOf: entries.map { entry in
                var entry = entry
                entry.isRejected = false
                return entry
            },
            at: 0
        )
    }

    private mutating func forget(_ entry: Outgoing) {
        waitingBlocks -= entry.blocks.count
        waitingBytes -= entry.waitingBytes
    }

    private mutating func keep(_ entry: Outgoing, at now: UInt64) {
        kept.append(Kept(entry: entry, time: now))
        keptBytes += entry.waitingBytes
        while keptBytes > Self.maximumKeptBytes, let oldest = kept.first { dropKept(oldest.entry) }
    }

    private mutating func dropKept(_ entry: Outgoing) {
        kept.removeFirst()
        keptBytes -= entry.waitingBytes
    }
}
