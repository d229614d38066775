internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import SwitchboardTransport

/// Reads the entries that are appended to the log, and delivers them.
///
/// All methods are called on the client's event loop.
final class RedisLogReader {
    /// The most entries that one `XREAD` requests.
    private static let maximumEntries = 64

    private unowned let client: RedisLogClient
    private(set) var position = ReadPosition()
    /// The number of entries to request: fewer after a reply that was too large.
    private var entryLimit = maximumEntries
    /// Whether a reply is due.
    private var isReading = false
    private var isPaused = false
    /// Whether Redis has replied to an `XREAD`.
    private(set) var hasRead = false
    private(set) lazy var link = RedisLink(
        client.dialer,
        on: client.loop,
        whenConnected: { [unowned self] in connected($0) },
        whenFailed: { [unowned self] in failed($0) }
    )

    init(_ client: RedisLogClient) {
        self.client = client
    }

    func setReceiving(_ isReceiving: Bool) {
        isPaused = !isReceiving
        if isReceiving { read() }
    }

    /// Checks an idle connection; call this method several times a second.
    func ping() { link.connection?.pingIfIdle() }

    private func connected(_ connection: RedisConnection) {
        isReading = true
        connection.send(["XREVRANGE", client.key, "+", "-", "COUNT", "1"]) { [weak self] result in
            guard let self, let reply = accepted(result, of: "XREVRANGE", on: connection) else { return }
            do {
                guard let entries = reply.elements else { throw UnexpectedReply() }
                let end = try entries.first.map(Self.id)
                if position.connect(runID: connection.info.runID, end: end) {
                    client.inbox.rewind()
                    client.retention.reset()
                }
            } catch {
                return connection.close(.unexpectedReply("XREVRANGE", address: connection.address))
            }
            isReading = false
            client.readerConnected(connection)
            // The first command does not wait for entries, and so shows at once whether this server may read.
            read(waiting: false)
        }
    }

    private func failed(_ failure: RedisFailure) {
        isReading = false
        if case .unreadable(let error, _) = failure, error.isTooLarge { entryLimit = 1 }
        client.failed(failure, on: link)
    }

    /// The reply; `nil` when there is none or it is an error, and the connection is replaced.
    private func accepted(
        _ result: Result<RESPValue, RedisFailure>,
        of command: String,
        on connection: RedisConnection
    ) -> RESPValue? {
        switch result {
        case .failure: return nil
        case .success(.error(let reply)):
            connection.close(.rejected(reply, address: connection.address))
            return nil
        case .success(let reply): return reply
        }
    }

    // MARK: Reading

    private func read(waiting: Bool = true) {
        guard !isReading, !isPaused, let last = position.last, let connection = link.connection else { return }
        isReading = true
        let count = min(entryLimit, client.retention.entriesPerReply)
        var arguments: [Bytes] = ["XREAD", "COUNT", Bytes(utf8: "\(count)")]
        if waiting { arguments += ["BLOCK", Bytes(utf8: "\(client.blockMilliseconds)")] }
        arguments += ["STREAMS", client.key, Bytes(utf8: "\(last)")]
        connection.send(RedisCommand(arguments)) { [weak self] result in
            guard let self, let reply = accepted(result, of: "XREAD", on: connection) else { return }
            isReading = false
            do {
                try take(reply)
            } catch {
                return connection.close(.unexpectedReply("XREAD", address: connection.address))
            }
            hasRead = true
            client.hasRead()
            read()
        }
    }

    private struct UnexpectedReply: Error {}

    /// Delivers the entries of a reply: `null`, or one stream, with its entries.
    private func take(_ reply: RESPValue) throws {
        if reply == .null { return }
        guard let streams = reply.elements, streams.count == 1, let stream = streams[0].elements, stream.count == 2,
            let entries = stream[1].elements
        else { throw UnexpectedReply() }
        var byteCount = 0
        for entry in entries {
            let id = try Self.id(of: entry)
            position.advance(to: id)
            if let bytes = Self.content(of: entry) {
                client.retention.note(entryBytes: bytes.count, at: id)
                byteCount += bytes.count
                client.deliver(bytes)
            } else {
                client.inbox.countMalformed()
            }
        }
        entryLimit = min(entryLimit * 2, Self.maximumEntries)
        client.noteRead(byteCount)
    }

    private static func id(of entry: RESPValue) throws -> StreamID {
        guard let parts = entry.elements, parts.count == 2, let id = parts[0].text.flatMap({ StreamID($0) }) else {
            throw UnexpectedReply()
        }
        return id
    }

    /// The bytes of an entry; `nil` when its only field is not the one that this module writes.
    private static func content(of entry: RESPValue) -> Bytes? {
        guard let fields = entry.elements?[1].elements, fields.count == 2, fields[0] == .bulk(RedisLogClient.fieldName),
            case .bulk(let bytes) = fields[1]
        else { return nil }
        return bytes
    }
}
