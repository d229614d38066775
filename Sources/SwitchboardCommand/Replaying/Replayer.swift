internal import SwitchboardCalling
internal import SwitchboardCaptures
internal import SwitchboardFiles
internal import SwitchboardSpec

/// Sends again what the clients of a capture have sent, and compares what the server answers.
///
/// Everything happens in the order of the capture, on all connections: a message is sent when everything before it has arrived.
struct Replayer {
    /// The largest number of connections at once.
    static let maximumConnections = 1000
    /// The time that the server has to end a connection after the client has ended it.
    private static let endTime = Duration.seconds(1)

    /// A connection of the capture.
    private final class Replayed {
        /// The connection to the server; `nil` if nothing more is replayed.
        var live: ReplayConnection?
        /// Whether the client has sent bytes.
        var hasBegun = false
        var clientHasEnded = false
        var serverHasEnded = false
        /// The first frame that was sent after the server had ended the connection, and how it had.
        var unread: (frame: Int, reason: String)?

        init(_ live: ReplayConnection?) {
            self.live = live
        }
    }

    private let connector: ServerConnector
    private let timeout: Duration
    private let dissector: FrameDissector
    private let rules: IgnoreRules
    private let comparison: FrameComparison
    private var pauses: ReplayPauses?
    private var decoder: CaptureDecoder
    private var printer: ReplayPrinter
    private var connections: [Int: Replayed] = [:]
    /// The number of frames in the capture so far.
    private var frames = 0
    /// What was done so far.
    private(set) var counts = ReplayCounts()

    /// A replay to the server of `connector`.
    ///
    /// - Parameters:
    ///   - timeout: The time to connect, and that for each message of the server.
    ///   - pauses: The pauses before messages of clients; `nil` for none.
    init(
        _ connector: ServerConnector,
        within timeout: Duration,
        _ dissector: FrameDissector,
        _ rules: IgnoreRules,
        _ pauses: ReplayPauses?,
        _ printer: ReplayPrinter
    ) {
        self.connector = connector
        self.timeout = timeout
        self.dissector = dissector
        self.rules = rules
        self.pauses = pauses
        self.printer = printer
        comparison = FrameComparison(dissector, rules)
        decoder = CaptureDecoder(dissector, form: nil)
    }

    /// Replays what happens in the capture next.
    ///
    /// - Parameter isAtEnd: Whether the capture has no more packets: then the capture does not have the end of a
    ///   stream that ends now.
    /// - Throws: An error when the server cannot be reached, or the capture cannot be replayed.
    mutating func replay(_ event: StreamEvent, isAtEnd: Bool) async throws {
        let number = event.connection.number
        if case .start = event.content { try await open(event.connection) }
        let found = decoder.add(event)
        if case .bytes(let bytes) = event.content, event.sender == .client { try checkTLS(bytes, found, number) }
        for item in found { try await replay(item) }
        if case .end(let isReset) = event.content {
            try await end(event.sender, of: number, isReset: isReset, isAtEnd: isAtEnd)
        }
    }

    /// Prints the numbers at the end of the capture.
    mutating func finish() throws { try printer.print(counts) }

    // MARK: Connections

    private mutating func open(_ connection: Connection) async throws {
        guard connection.hasBeginning else {
            counts.cutConnections += 1
            let text = "connection \(connection.number) is not replayed: the capture begins within it"
            return StandardError.write(["switchboard: \(text)"])
        }
        guard connections.count < Self.maximumConnections else {
            let text = "the capture has more than \(Self.maximumConnections) connections at once"
            throw VerbFailure(text)
        }
        let raw = try await connector.connect(lingers: false, within: timeout, of: timeout)
        counts.connections += 1
        connections[connection.number] = Replayed(ReplayConnection(raw, dissector, rules))
    }

    /// Refuses a connection over TLS: the first bytes of the client are a ClientHello, and no message.
    private func checkTLS(_ bytes: [UInt8], _ found: [CaptureDecoder.Found], _ number: Int) throws {
        guard let connection = connections[number], !connection.hasBegun else { return }
        connection.hasBegun = true
        let hasFrame = found.contains { if case .frame(let frame) = $0.content { frame.frame.isWhole } else { false } }
        guard !hasFrame, TLSRecord.isClientHello(bytes) else { return }
        let text =
            "connection \(number) of the capture is encrypted with TLS: record the plain bytes with `switchboard proxy --tls`"
        throw VerbFailure(text)
    }

    /// Ends the replay of a connection before its end in the capture.
    private mutating func stop(_ number: Int, _ reason: String? = nil) {
        guard let connection = connections[number], let live = connection.live else { return }
        connection.live = nil
        if let reason {
            counts.gaps += 1
            StandardError.write(["switchboard: the rest of connection \(number) is not replayed: \(reason)"])
        }
        live.abort()
    }

    /// Ends what `sender` sends; at the end of the capture, it is unknown what else the server would have sent.
    private mutating func end(_ sender: Sender, of number: Int, isReset: Bool, isAtEnd: Bool) async throws {
        guard let connection = connections[number] else { return }
        // Messages with a reply have ended the replay of their connection: the reply is missing.
        if let (frame, reason) = connection.unread, connection.live != nil {
            counts.missing += 1
            try printer.print(endOf: number, expected: "the server reads frame \(frame)", got: reason, number: frame)
            stop(number)
        }
        if sender == .client {
            connection.clientHasEnded = true
            if !isAtEnd { connection.live?.endOutput() }
        } else {
            connection.serverHasEnded = true
            if !isAtEnd, !connection.clientHasEnded {
                try await awaitEnd(connection, number, within: timeout, isRequired: true, isReset: isReset)
            }
        }
        guard connection.clientHasEnded, connection.serverHasEnded else { return }
        if !isAtEnd {
            try await awaitEnd(connection, number, within: Self.endTime, isRequired: false, isReset: isReset)
        }
        await connection.live?.close()
        connections[number] = nil
    }

    /// Waits until the server ends a connection; the messages before are unexpected.
    ///
    /// - Parameters:
    ///   - isRequired: Whether it counts as a difference if the server does not end the connection.
    ///   - isReset: Whether the connection is reset in the capture: then it is no difference if it breaks.
    private mutating func awaitEnd(
        _ connection: Replayed,
        _ number: Int,
        within time: Duration,
        isRequired: Bool,
        isReset: Bool
    ) async throws {
        let deadline = ReplyDeadline(time)
        while let live = connection.live {
            switch await live.next(before: deadline) {
            case .frame(let found):
                counts.unexpected += 1
                try printer.print(unexpected: found, on: number)
            case .nothing:
                guard isRequired else { return }
                counts.missing += 1
                try printer.print(
                    endOf: number,
                    expected: "the server ends the connection",
                    got: Self.reason(deadline)
                )
                return stop(number)
            case .end(let reason):
                guard live.isBroken, !isReset else { return }
                counts.missing += 1
                try printer.print(endOf: number, expected: "the server reads all messages", got: reason)
                return stop(number)
            }
        }
    }

    private static func reason(_ deadline: ReplyDeadline) -> String { "nothing within \(deadline.timeout) (--timeout)" }

    // MARK: Messages

    private mutating func replay(_ item: CaptureDecoder.Found) async throws {
        let number = item.connection.number
        switch item.content {
        case .notice(let notice, _): if notice.isMistake { stop(number, notice.text) }
        case .frame(let found):
            frames += 1
            let pause = pauses?.pause(before: item.time) ?? .zero
            guard let connection = connections[number] else { return }
            guard found.frame.isComplete else { return stop(number, "the capture has only a part of a message") }
            if rules.ignores(message: found.frame.message?.name.value), item.sender == .server { return }
            guard let live = connection.live else {
                counts.notReplayed += 1
                return
            }
            if let problem = found.frame.problem, found.frame.size == nil {
                counts.notReplayed += 1
                return stop(number, "the bytes of the \(item.sender) are no message: \(problem.message)")
            }
            guard item.sender == .client else {
                let expected = ReplayPrinter.Expected(
                    connection: number,
                    number: frames,
                    time: item.time,
                    found: found
                )
                return try await compare(expected, live)
            }
            if pause > .zero { try await Task.sleep(for: pause) }
            if connection.unread == nil, !connection.serverHasEnded, let reason = await live.ending() {
                connection.unread = (frames, reason)
            }
            try await send(found.bytes, live, number)
        }
    }

    private mutating func send(_ frame: [UInt8], _ live: ReplayConnection, _ number: Int) async throws {
        counts.sent += 1
        let deadline = ReplyDeadline(timeout)
        guard await !live.send(frame, before: deadline) else { return }
        stop(number, "the server has read \(Self.reason(deadline))")
    }

    private mutating func compare(_ expected: ReplayPrinter.Expected, _ live: ReplayConnection) async throws {
        let deadline = ReplyDeadline(timeout)
        switch await live.next(like: expected.found, before: deadline) {
        case .frame(let got):
            switch comparison.compare(expected.found, got) {
            case .equal: counts.equal += 1
            case .fields(let fields):
                counts.different += 1
                try printer.print(expected, got, fields: fields)
            case .otherMessage:
                counts.different += 1
                try printer.print(expected, otherMessage: got)
            }
        case .nothing:
            counts.missing += 1
            try printer.print(expected, missing: Self.reason(deadline))
            stop(expected.connection)
        case .end(let reason):
            counts.missing += 1
            try printer.print(expected, missing: "nothing: \(reason)")
            stop(expected.connection)
        }
    }
}

/// A record of TLS.
private enum TLSRecord {
    /// Returns whether `bytes` begin as a record with a ClientHello.
    static func isClientHello(_ bytes: [UInt8]) -> Bool {
        let (handshake, majorVersion, clientHello): (UInt8, UInt8, UInt8) = (22, 3, 1)
        guard bytes.count > 5 else { return false }
        return bytes[0] == handshake && bytes[1] == majorVersion && bytes[2] <= 4 && bytes[5] == clientHello
    }
}
