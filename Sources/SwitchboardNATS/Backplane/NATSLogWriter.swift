#if NATS
internal import SwitchboardBackplane
internal import SwitchboardBytes

/// Connects, replaces the connection when it closes, and appends entries to the stream, one after another.
///
/// It has a thread of its own, which waits for every acknowledgement: entries keep their order, and blocks that are published
/// meanwhile become one entry.
final class NATSLogWriter {
    /// A connection that has lasted for this long is replaced at once when it closes, in nanoseconds: 1 s.
    private static let stableTime: UInt64 = 1_000_000_000

    private let client: NATSLogClient
    private var lastRun: StreamRun?
    /// The index of the last successful address.
    private var preferred = 0

    init(_ client: NATSLogClient) {
        self.client = client
    }

    /// Works until the client has stopped.
    func run() {
        var backOff = BackOff()
        while !client.hasStopped {
            var connectTime = NATSLogClient.now
            do throws(NATSFailure) {
                let (connection, stream) = try dial()
                connectTime = NATSLogClient.now
                // A server that was restarted or replaced may have lost entries that it has acknowledged.
                if let lastRun, lastRun != stream.run { client.update { $0.replay() } }
                lastRun = stream.run
                client.adopt(connection, stream)
                do throws(NATSFailure) {
                    try send(on: connection, stream)
                } catch {
                    connection.fail(error)
                    throw error
                }
            } catch {
                client.update { $0.loseConnection() }
                client.lose(error)
                if NATSLogClient.now >= connectTime &+ Self.stableTime, !error.isPermanent { backOff = BackOff() }
                wait(backOff.delay())
            }
        }
    }

    private func wait(_ time: Duration) {
        let end = NATSLogClient.now &+ UInt64(clamping: time.milliseconds) &* 1_000_000
        client.outbox.requestWakeup()
        while !client.hasStopped {
            let now = NATSLogClient.now
            if now >= end { return }
            client.writerWaker.wait(atMost: .nanoseconds(Int64(clamping: end - now)))
        }
    }

    // MARK: Connecting

    /// Connects to the first address that can be used.
    ///
    /// - Throws: The first permanent failure of an address, otherwise the first failure.
    private func dial() throws(NATSFailure) -> (NATSConnection, NATSConnection.Stream) {
        let addresses = client.configuration.url.addresses
        var failures: [NATSFailure] = []
        for offset in addresses.indices {
            if client.hasStopped { throw .stopped }
            let index = (preferred + offset) % addresses.count
            do throws(NATSFailure) {
                let connection = try NATSConnection(to: addresses[index], client.configuration, client.attempts)
                client.noteDialed(connection)
                let stream = try connection.findStream()
                preferred = index
                return (connection, stream)
            } catch {
                failures.append(error)
            }
        }
        throw failures.first(where: \.isPermanent) ?? failures.first ?? .stopped
    }

    // MARK: Sending

    /// Sends until the connection fails or the client stops.
    private func send(on connection: NATSConnection, _ stream: NATSConnection.Stream) throws(NATSFailure) {
        let maximumBytes = min(connection.maximumPayload, stream.maximumMessageBytes)
        while true {
            if client.hasStopped { throw .stopped }
            try connection.check()
            client.outbox.requestWakeup()
            if try sendEntries(on: connection, maximumBytes) {
                // Blocks that are published meanwhile are sent after the wait, too.
                wait(NATSLogClient.tickInterval)
            } else {
                client.writerWaker.wait(atMost: NATSLogClient.tickInterval)
            }
        }
    }

    /// Sends the entries that may be sent, and returns whether NATS has rejected an entry.
    private func sendEntries(on connection: NATSConnection, _ maximumBytes: Int) throws(NATSFailure) -> Bool {
        while let entry = client.update({ $0.takeEntry(at: NATSLogClient.now) }) {
            let bytes = entry.encoded(client.fingerprint, client.incarnation, read: client.readPosition)
            guard bytes.count <= maximumBytes else {
                client.update { $0.discard(at: NATSLogClient.now) }
                let what = "an entry of \(bytes.count) bytes was dropped: NATS at \(connection.address) takes at most "
                let warning = "\(what)\(maximumBytes) bytes. Raise max_payload of nats-server"
                client.tell { $0.backplaneChanged(.warning(warning)) }
                continue
            }
            let time = NATSLogClient.now
            do throws(NATSFailure) {
                let sequence = try connection.publish(bytes)
                let now = NATSLogClient.now
                let created = lastRun?.created ?? 0
                client.update {
                    $0.acknowledge(at: now, position: LogPosition(high: UInt64(bitPattern: created), low: sequence))
                }
                client.noteAcknowledgement(sequence, roundTrip: now &- time)
            } catch {
                guard case .rejected = error else { throw error }
                client.update { $0.reject(at: NATSLogClient.now) }
                client.failed(error)
                return true
            }
        }
        return false
    }
}
#endif
