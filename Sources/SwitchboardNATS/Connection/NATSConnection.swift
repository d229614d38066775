#if NATS
internal import CJetStream
internal import SwitchboardBackplane
internal import SwitchboardBytes
internal import SwitchboardTLS
internal import Synchronization

/// A connection to NATS, and the stream with the log.
///
/// The writer's thread and the reader's thread use the connection at the same time; libnats is safe for that. Methods block until NATS
/// has replied, and throw after the reply timeout.
@safe
final class NATSConnection: @unchecked Sendable {
    /// A message of the stream.
    struct Message {
        let bytes: Bytes
        let sequence: UInt64
        /// When NATS has stored it, in nanoseconds since 1970.
        let time: Int64
    }

    /// The state of the stream when the connection was made.
    struct Stream {
        let run: StreamRun
        /// The sequence number of the last message, and its time in nanoseconds since 1970; 0 without a message.
        let last: UInt64
        let lastTime: Int64
        /// The size at which the stream discards its oldest messages, in bytes.
        let maximumBytes: Int
        /// The largest message that the stream takes, in bytes.
        let maximumMessageBytes: Int
        /// Settings that differ from the configuration, in one line.
        let warning: String?
    }

    /// The smallest `max_payload` of NATS that is allowed, in bytes: twice the size of an entry of joined blocks.
    private static let minimumPayload = 2 * PendingLog.entryBytes

    private let log: OpaquePointer
    private let configuration: NATSBackplaneConfiguration
    private let firstFailure = Mutex<NATSFailure?>(nil)

    /// The address that the connection leads to.
    let address: String
    /// The largest message, in bytes.
    let maximumPayload: Int

    /// Connects, and logs in.
    init(
        to address: EngineAddress,
        _ configuration: NATSBackplaneConfiguration,
        _ attempts: ConnectionAttempts
    ) throws(NATSFailure) {
        self.address = address.description
        self.configuration = configuration
        var failure = jetstream_failure()
        guard let log = unsafe Self.connect(to: address, configuration, attempts, &failure) else {
            if failure.kind == jetstream_silent {
                throw .unreachable("no answer within \(configuration.connectTimeout)", address: address.description)
            }
            throw NATSFailure(&failure, at: address.description, configuration)
        }
        unsafe self.log = log
        maximumPayload = unsafe Int(clamping: jetstream_maximum_payload(log))
        guard maximumPayload >= Self.minimumPayload else {
            throw .unusable(
                "its max_payload is \(maximumPayload) bytes: set max_payload to at least \(Self.minimumPayload)",
                address: address.description
            )
        }
    }

    deinit {
        unsafe jetstream_free(log)
    }

    /// Closes the connection: calls on other threads throw.
    func close() { unsafe jetstream_close(log) }

    /// Closes the connection for this reason, unless it has failed before.
    func fail(_ failure: NATSFailure) {
        firstFailure.withLock { if $0 == nil { $0 = failure } }
        close()
    }

    /// Throws the reason when the connection has closed.
    func check() throws(NATSFailure) {
        if let failure = firstFailure.withLock({ $0 }) { throw failure }
        var failure = jetstream_failure()
        if unsafe jetstream_is_closed(log, &failure) { throw translated(&failure) }
    }

    // MARK: The stream

    /// Looks the stream up, and creates it if it does not exist.
    func findStream() throws(NATSFailure) -> Stream {
        var failure = jetstream_failure()
        var stream = jetstream_stream()
        let name = configuration.stream
        var isFound = unsafe jetstream_find(log, name, name, &stream, &failure)
        if !isFound, failure.kind == jetstream_no_stream {
            isFound = unsafe jetstream_create(
                log,
                name,
                name,
                Int64(clamping: configuration.retentionBytes),
                configuration.storage == .memory,
                Int32(clamping: configuration.replicas),
                &stream,
                &failure
            )
            // Another server has created it meanwhile, with other settings.
            if !isFound, failure.kind == jetstream_other_settings {
                isFound = unsafe jetstream_find(log, name, name, &stream, &failure)
            }
        }
        guard isFound else {
            if failure.kind == jetstream_no_responders {
                throw .unusable(NATSFailure.missingJetStream, address: address)
            }
            throw translated(&failure)
        }
        if let problem = problem(of: stream) {
            throw .unusable("the stream \"\(name)\" \(problem)", address: address)
        }
        var identity = [CChar](repeating: 0, count: Int(jetstream_identity_size))
        guard unsafe jetstream_identity(log, &identity, &failure) else { throw translated(&failure) }
        let server = String(decoding: identity.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return Stream(
            run: StreamRun(server: server, created: stream.created),
            last: stream.last_sequence,
            lastTime: stream.last_sequence == 0 ? 0 : stream.last_time,
            maximumBytes: stream.maximum_bytes > 0 ? Int(clamping: stream.maximum_bytes) : .max,
            maximumMessageBytes: stream.maximum_message_size > 0 ? Int(stream.maximum_message_size) : .max,
            warning: warning(about: stream)
        )
    }

    /// The reason why a stream cannot contain the log; `nil` when it can.
    private func problem(of stream: jetstream_stream) -> String? {
        let remedy = ": delete the stream, or use another name"
        if !stream.has_subject { return "does not have the subject \"\(configuration.stream)\"\(remedy)" }
        if !stream.keeps_until_limits { return "has the retention policy interest or workqueue, not limits\(remedy)" }
        if !stream.discards_old { return "discards new messages instead of old ones\(remedy)" }
        if stream.is_sealed { return "is sealed\(remedy)" }
        if !stream.acknowledges { return "does not acknowledge messages\(remedy)" }
        if stream.maximum_message_size > 0, stream.maximum_message_size < Self.minimumPayload {
            return
                "limits messages to \(stream.maximum_message_size) bytes: at least \(Self.minimumPayload) are necessary"
        }
        return nil
    }

    /// The settings of a stream that differ from the configuration; `nil` when none does.
    private func warning(about stream: jetstream_stream) -> String? {
        var parts: [String] = []
        if stream.maximum_bytes != Int64(clamping: configuration.retentionBytes) {
            parts.append("max_bytes is \(stream.maximum_bytes) instead of \(configuration.retentionBytes)")
        }
        for (name, limit) in [
            ("max_msgs", stream.maximum_messages), ("max_msgs_per_subject", stream.maximum_messages_per_subject),
            ("max_age", stream.maximum_age),
        ] where limit > 0 { parts.append("\(name) is \(limit) instead of unlimited") }
        if parts.isEmpty { return nil }
        return "the stream \"\(configuration.stream)\" of NATS has other settings than this server: "
            + parts.joined(separator: ", ")
    }

    // MARK: Messages

    /// Begins to receive messages.
    func subscribe(at start: StreamReadPosition.Start) throws(NATSFailure) {
        var failure = jetstream_failure()
        let name = configuration.stream
        let (sequence, time): (UInt64, Int64) =
            switch start {
            case .sequence(let sequence): (sequence, 0)
            case .time(let time): (0, time)
            }
        guard unsafe jetstream_subscribe(log, name, name, sequence, time, &failure) else { throw translated(&failure) }
    }

    /// Appends a message to the stream, and returns its sequence number when NATS has stored it.
    func publish(_ bytes: Bytes) throws(NATSFailure) -> UInt64 {
        var failure = jetstream_failure()
        var sequence: UInt64 = 0
        let isStored = unsafe bytes.withUnsafeBytes { buffer in
            unsafe jetstream_publish(
                log,
                configuration.stream,
                buffer.baseAddress,
                buffer.count,
                &sequence,
                &failure
            )
        }
        guard isStored else { throw translated(&failure) }
        return sequence
    }

    /// The next message; `nil` when none arrives in time.
    func next(milliseconds: Int64) throws(NATSFailure) -> Message? {
        var failure = jetstream_failure()
        var message = unsafe jetstream_message()
        guard unsafe jetstream_next(log, milliseconds, &message, &failure) else { throw translated(&failure) }
        guard unsafe message.handle != nil else { return nil }
        defer { unsafe jetstream_release(&message) }
        let buffer = unsafe UnsafeRawBufferPointer(start: message.bytes, count: message.count)
        return unsafe Message(bytes: Bytes(copying: buffer), sequence: message.sequence, time: message.time)
    }

    private func translated(_ failure: inout jetstream_failure) -> NATSFailure {
        // A call fails without a reason of its own when another thread has closed the connection.
        if let first = firstFailure.withLock({ $0 }) { return first }
        return NATSFailure(&failure, at: address, configuration)
    }

    // MARK: Connecting

    @unsafe
    private static func connect(
        to address: EngineAddress,
        _ configuration: NATSBackplaneConfiguration,
        _ attempts: ConnectionAttempts,
        _ failure: inout jetstream_failure
    ) -> OpaquePointer? {
        var user: String?
        var password: String?
        var token: String?
        var file: String?
        var key: String?
        var seedPath: String?
        switch configuration.url.credentials {
        case .user(let name, let secret): (user, password) = (name, secret)
        case .token(let secret): token = secret
        case .file(let path): file = path
        case .key(let publicKey, let path): (key, seedPath) = (publicKey, path)
        case nil: break
        }
        let tls = configuration.tls
        let texts = [
            "nats://\(address)", user, password, token, file, key, seedPath, tls.authoritiesPath,
            tls.certificateChainPath, tls.privateKeyPath, tls.serverName ?? address.host, configuration.clientName,
            address.host,
        ]
        return unsafe withCStrings(texts) { texts in
            var options = unsafe jetstream_options()
            unsafe options.url = texts[0]
            unsafe options.host = texts[12]
            unsafe options.port = UInt16(clamping: address.port)
            unsafe options.user = texts[1]
            unsafe options.password = texts[2]
            unsafe options.token = texts[3]
            unsafe options.credentials_path = texts[4]
            unsafe options.public_key = texts[5]
            unsafe options.seed_path = texts[6]
            unsafe options.uses_tls = configuration.url.usesTLS
            unsafe options.verifies = tls.verification == .full
            unsafe options.authorities_path = texts[7]
            unsafe options.certificate_path = texts[8]
            unsafe options.key_path = texts[9]
            unsafe options.server_name = texts[10]
            unsafe options.client_name = texts[11]
            unsafe options.connect_timeout = configuration.connectTimeout.milliseconds
            unsafe options.reply_timeout = configuration.replyTimeout.milliseconds
            return unsafe attempts.withHandle { handle in
                unsafe options.attempts = handle
                return unsafe jetstream_connect(&options, &failure)
            }
        }
    }

    /// Lends C strings; `nil` for texts that are `nil`.
    @unsafe
    private static func withCStrings<Result>(
        _ texts: [String?],
        _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        func lend(_ rest: ArraySlice<String?>, _ lent: [UnsafePointer<CChar>?]) -> Result {
            guard let first = rest.first else { return unsafe body(lent) }
            guard let text = first else { return unsafe lend(rest.dropFirst(), lent + [nil]) }
            return unsafe text.withCString { unsafe lend(rest.dropFirst(), lent + [$0]) }
        }
        return unsafe lend(texts[...], [])
    }
}

/// The attempts of a backplane to connect, which another thread can end.
@safe
final class ConnectionAttempts: @unchecked Sendable {
    private let handle: OpaquePointer?

    init() {
        unsafe handle = jetstream_attempts_create()
    }

    deinit {
        unsafe jetstream_attempts_free(handle)
    }

    /// Ends the attempt that is in progress, and every later one.
    func stop() { unsafe jetstream_attempts_stop(handle) }

    @unsafe
    fileprivate func withHandle<Result>(_ body: (OpaquePointer?) -> Result) -> Result {
        defer { withExtendedLifetime(self) {} }
        return unsafe body(handle)
    }
}

extension Duration {
    /// The duration in whole milliseconds, at least 1.
    var milliseconds: Int64 { max(1, Int64(clamping: Int(self / .milliseconds(1)))) }
}
#endif
