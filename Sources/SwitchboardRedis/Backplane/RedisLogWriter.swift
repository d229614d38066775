internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import SwitchboardTransport

/// Appends entries to the log, in order, and sends entries again that Redis has rejected.
///
/// All methods are called on the client's event loop.
final class RedisLogWriter {
    private unowned let client: RedisLogClient
    /// Whether Redis has rejected an entry, and none is sent until the next ``retry()``.
    private var isWaiting = false
    private var run = ServerRun()
    /// Whether the log was shortened that earlier servers have left.
    private var hasShortenedLog = false
    /// Whether Redis has acknowledged an entry.
    private(set) var hasAppended = false
    private(set) lazy var link = RedisLink(
        client.dialer,
        on: client.loop,
        whenConnected: { [unowned self] in connected($0) },
        whenFailed: { [unowned self] in failed($0) }
    )

    init(_ client: RedisLogClient) {
        self.client = client
    }

    /// Sends rejected entries again, heartbeats, and pings; call this method several times a second.
    func retry() {
        isWaiting = false
        send()
        link.connection?.pingIfIdle()
    }

    /// Sends the entries that may be sent.
    func send() {
        // Without a connection, a published block need not wake the event loop.
        guard let connection = link.connection else { return }
        client.outbox.requestWakeup()
        guard !isWaiting else { return }
        while connection.failure == nil, let entry = client.update({ [now = client.loop.now] in $0.takeEntry(at: now) })
        {
            let bytes = entry.encoded(client.fingerprint, client.incarnation, read: client.readPosition)
            let firstNeeded = client.retention.firstNeeded
            let strategy: Bytes = firstNeeded == nil ? "MAXLEN" : "MINID"
            let limit = Bytes(utf8: firstNeeded.map { "\($0)" } ?? "\(client.retention.maximumEntries)")
            let time = client.loop.clock
            connection.send(["XADD", client.key, strategy, "~", limit, "*", RedisLogClient.fieldName, bytes]) {
                [weak self] in self?.answered($0, sentAt: time, at: connection.address)
            }
        }
    }

    private func answered(_ result: Result<RESPValue, RedisFailure>, sentAt time: UInt64, at address: String) {
        switch result {
        // The connection has closed, and `failed` is called.
        case .failure: return
        case .success(.error(let reply)):
            client.update { [now = client.loop.now] in $0.reject(at: now) }
            isWaiting = true
            let failure = RedisFailure.rejected(reply, address: address)
            client.failed(failure, on: link)
            if reply.remedy == .reconnect { link.drop(failure) }
        case .success(let reply):
            guard let id = reply.text.flatMap({ StreamID($0) }) else {
                return link.drop(.unexpectedReply("XADD", address: address))
            }
            let now = client.loop.clock
            client.update { $0.acknowledge(at: now, position: id.position) }
            hasAppended = true
            client.appended(roundTrip: now >= time ? now - time : 0)
            send()
        }
    }

    private func connected(_ connection: RedisConnection) {
        // A server that was restarted or replaced may have lost entries that it has acknowledged.
        if run.connect(to: connection.info.runID) { client.update { $0.replay() } }
        isWaiting = false
        client.writerConnected(connection)
        shortenLog(connection)
        send()
    }

    /// Shortens, once, a log that is more than twice as large as the retention.
    ///
    /// A server removes entries by position only when it has read as much as the log keeps. Servers that were all restarted before that
    /// leave a log that none of them shortens.
    private func shortenLog(_ connection: RedisConnection) {
        guard !hasShortenedLog else { return }
        hasShortenedLog = true
        connection.send(["MEMORY", "USAGE", client.key, "SAMPLES", "0"]) { [weak self] size in
            guard let self, case .success(.integer(let size)) = size, size > 0 else { return }
            connection.send(["XLEN", client.key]) { [weak self] length in
                guard let self, case .success(.integer(let length)) = length else { return }
                guard let limit = client.retention.entryLimit(ofLog: size, entries: length) else { return }
                connection.send(["XTRIM", client.key, "MAXLEN", "~", Bytes(utf8: "\(limit)")]) { _ in }
            }
        }
    }

    private func failed(_ failure: RedisFailure) {
        client.update { $0.loseConnection() }
        client.failed(failure, on: link)
    }
}
