internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import SwitchboardTransport

/// Reads the log from its end on, and delivers the entries.
///
/// It lives on the client's loop.
final class RedisLogReader {
    /// The most entries that are asked for at once.
    private static let maximumEntries = 64

    private unowned let client: RedisLogClient
    private(set) var position = ReadPosition()
    /// How many entries to ask for: fewer after a reply that was too large.
    private var entryLimit = maximumEntries
    /// Whether a reply is due.
    private var isReading = false
    private var isPaused = false
    private(set) var runID: String?
    /// Whether this server was allowed to read.
    private(set) var hasRead = false
    private lazy var link = RedisLink(
        client.dialer,
        on: client.loop,
        whenConnected: { [unowned self] in connected($0, $1) },
        whenFailed: { [unowned self] in failed($0) }
    )

    init(_ client: RedisLogClient) {
        self.client = client
    }

    var isConnected: Bool { link.connection != nil }

    func start() { link.start() }

    func stop() { link.stop() }

    func drop(_ reason: RedisFailure) { link.drop(reason) }

    func setReceiving(_ isReceiving: Bool) {
        isPaused = !isReceiving
        if isReceiving { read() }
    }

    /// To be called several times a second.
    func ping() { link.connection?.pingIfIdle() }

    private func connected(_ connection: RedisConnection, _ info: RedisServerInfo) {
        isReading = true
        runID = info.runID
        connection.send(["XREVRANGE", client.key, "+", "-", "COUNT", "1"]) { [weak self] result in
            guard let self, let reply = accepted(result, of: "XREVRANGE", on: connection) else { return }
            do {
                guard let entries = reply.elements else { throw UnexpectedReply() }
                let end = try entries.first.map(Self.id)
                if position.connect(runID: info.runID, end: end) {
                    client.inbox.rewind()
                    client.retention.reset()
                }
            } catch {
                return connection.close(.unexpectedReply("XREVRANGE", address: connection.address))
            }
            isReading = false
            client.readerConnected(connection, info)
            // The first time without waiting for entries: to see whether reading is allowed.
            read(waiting: false)
        }
    }

    private func failed(_ failure: RedisFailure) {
        isReading = false
        if case .garbled(let error, _) = failure, error.isTooLarge { entryLimit = 1 }
        client.readerFailed(failure)
    }

    /// The reply, unless there is none or it is an error: then the connection is replaced.
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
            client.finishStartIfReady()
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

    /// The bytes of an entry that has one field, which is this module's.
    private static func content(of entry: RESPValue) -> Bytes? {
        guard let fields = entry.elements?[1].elements, fields.count == 2, fields[0] == .bulk(RedisLogClient.fieldName),
            case .bulk(let bytes) = fields[1]
        else { return nil }
        return bytes
    }
}
