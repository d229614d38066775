#if NATS
internal import SwitchboardBackplane
internal import SwitchboardBytes

/// Reads the entries that are appended to the stream, delivers them, and checks the time for the backplane.
///
/// It has a thread of its own.
final class NATSLogReader {
    /// The least number of unread bytes above which a server sends no block: several entries, so that it can append while others
    /// read.
    private static let minimumUnreadLimit = 256 * 1024

    private let client: NATSLogClient
    private var inbox: Inbox
    private var position = StreamReadPosition()
    private var connection: NATSConnection?
    private var unreadLimit = minimumUnreadLimit
    /// The size of the entries that were read since the writer was last woken.
    private var bytesSinceWake = 0
    /// Since this time, NATS has not delivered an entry that it has acknowledged.
    private var waitsSince: UInt64?
    private var nextTick: UInt64 = 0
    private var hasReportedConflict = false

    init(_ client: NATSLogClient) {
        self.client = client
        inbox = Inbox(client.fingerprint, own: client.incarnation)
    }

    /// Works until the client has stopped.
    func run() {
        while !client.hasStopped {
            tick()
            guard client.isReceiving, let (connection, stream) = client.connection else {
                connection = nil
                client.waitAsReader()
                continue
            }
            do throws(NATSFailure) {
                if self.connection !== connection { try subscribe(connection, stream) }
                try read(connection)
            } catch {
                connection.fail(error)
                self.connection = nil
                client.writerWaker.wake()
                client.waitAsReader()
            }
        }
    }

    // MARK: Reading

    private func subscribe(_ connection: NATSConnection, _ stream: NATSConnection.Stream) throws(NATSFailure) {
        let (start, rereads) = position.connect(to: stream.run, last: stream.last, lastTime: stream.lastTime)
        if rereads { inbox.rewind() }
        try connection.subscribe(at: start)
        self.connection = connection
        waitsSince = nil
    }

    private func read(_ connection: NATSConnection) throws(NATSFailure) {
        guard let message = try connection.next(milliseconds: NATSLogClient.tickInterval.milliseconds) else {
            return try checkDelivery(connection)
        }
        waitsSince = nil
        position.advance(to: message.sequence, at: message.time)
        deliver(message.bytes)
        noteRead(message.bytes.count)
    }

    /// Throws when NATS does not deliver an own entry that it has acknowledged.
    private func checkDelivery(_ connection: NATSConnection) throws(NATSFailure) {
        guard let acknowledged = client.acknowledged, acknowledged > position.logPosition.low else {
            return waitsSince = nil
        }
        let now = NATSLogClient.now
        let since = waitsSince ?? now
        waitsSince = since
        let timeout = client.configuration.replyTimeout
        guard now - since >= UInt64(clamping: timeout.milliseconds) &* 1_000_000 else { return }
        throw .silent(timeout, address: connection.address)
    }

    /// Notes how far this server has read.
    ///
    /// It may now send blocks that waited for that, or an entry with its position.
    private func noteRead(_ bytes: Int) {
        let position = position.logPosition
        let isWaiting = client.update { [client] log in
            log.noteOwnRead(bytes, by: client.incarnation, upTo: position, at: NATSLogClient.now)
            return log.waitingBlocks > 0
        }
        client.noteRead(position)
        bytesSinceWake += bytes
        guard isWaiting || bytesSinceWake > unreadLimit / 8 else { return }
        bytesSinceWake = 0
        client.writerWaker.wake()
    }

    // MARK: Entries

    /// Delivers the blocks of an entry.
    private func deliver(_ bytes: Bytes) {
        let (published, sent) = client.outbox.read { ($0.next, $0.sentEntries) }
        let now = NATSLogClient.now
        let delivery = inbox.take(bytes, at: now, published: published, sent: sent)
        // Before the delivery, so that a receiver that reads the status finds its blocks counted.
        client.noteCounters(inbox.counters)
        if let read = delivery.read { client.update { $0.noteRead(by: delivery.server, upTo: read, at: now) } }
        let isFirstConflict = delivery.hasConflict && !hasReportedConflict
        if isFirstConflict { hasReportedConflict = true }
        guard isFirstConflict || delivery.missed > 0 || !delivery.blocks.isEmpty else { return }
        client.tell { receiver in
            if isFirstConflict { receiver.backplaneChanged(.incarnationConflict) }
            if delivery.missed > 0 { receiver.backplaneChanged(.missed(delivery.missed, from: delivery.server)) }
            for block in delivery.blocks { receiver.received(block, from: delivery.server) }
        }
    }

    // MARK: The time

    private func tick() {
        let now = NATSLogClient.now
        guard now >= nextTick else { return }
        nextTick = now &+ UInt64(clamping: NATSLogClient.tickInterval.milliseconds) &* 1_000_000
        let servers = inbox.aliveServers(at: now)
        client.noteCounters(inbox.counters, servers: servers)
        let retention = min(client.connection?.1.maximumBytes ?? .max, client.configuration.retentionBytes)
        unreadLimit = max(retention / 4 / (servers + 1), Self.minimumUnreadLimit)
        let (events, releasesPublishers) = client.outbox.tick(at: now, unreadLimit: unreadLimit)
        // Before the receiver is told, so that a receiver that reads the status finds what the events say.
        client.tick()
        for event in events {
            if event == .degraded { client.report(event) } else { client.tell { $0.backplaneChanged(event) } }
        }
        if releasesPublishers { client.tell { $0.releasePublishers() } }
    }
}
#endif
