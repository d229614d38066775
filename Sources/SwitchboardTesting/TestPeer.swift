public import Switchboard

/// A peer of a ``TestServer``: the other end of one of its connections.
///
/// Whatever it does has taken effect on the server when the call returns, but for what handlers do that wait. It may be
/// used from any thread.
public final class TestPeer: Sendable {
    private let server: TestServer
    private let traffic: Traffic
    private let encoder: FrameEncoder
    private let decoder: FrameDecoder
    private let correlation: FrameFormat.Correlation?

    init(_ server: TestServer, _ traffic: Traffic) {
        self.server = server
        self.traffic = traffic
        let format = server.wireProtocol.frameFormat
        encoder = FrameEncoder(format)
        decoder = FrameDecoder(format)
        correlation = format.correlation
    }

    // MARK: Sending

    /// Sends a message.
    ///
    /// - Parameters:
    ///   - message: What to send.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: some FrameHeader = NoHeader()) throws(PayloadError) {
        send(bytes: Array(try encoder.encode(message, header: HeaderBytes(of: header))))
    }

    /// Sends bytes as they are.
    public func send(bytes: [UInt8]) {
        server.update { traffic.send(bytes) }
    }

    /// Sends a request, and waits for the reply to it.
    ///
    /// What else comes before it is kept for ``receive(_:)``.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - header: The extra fields of its header.
    /// - Returns: The reply.
    /// - Throws: The protocol's error message when the server sends that instead; a ``TestError`` when neither comes; a
    ///   `PayloadError` when a value does not fit the message's layout.
    public func request<R: Request>(_ request: R, header: some FrameHeader = NoHeader()) async throws -> R.Reply {
        var bytes = HeaderBytes(of: header)
        let number = server.update {
            traffic.lastNumber += 1
            return traffic.lastNumber
        }
        correlation?.set(number, in: &bytes)
        send(bytes: Array(try encoder.encode(request, header: bytes)))
        let errorCode = server.wireProtocol.errorMessage?.code
        let answer = try await take("\(R.Reply.name), the reply to \(R.name),") { message in
            guard message.code == R.Reply.code || message.code == errorCode else { return false }
            return self.correlation.map { $0.number(in: message.header) == number } ?? true
        }
        if answer.code == R.Reply.code { return try answer.decoded(as: R.Reply.self) }
        throw try answer.decoded(asErrorOf: server.wireProtocol)
    }

    // MARK: Receiving

    /// Waits for the next message, which must be of one type.
    ///
    /// - Throws: A ``TestError`` when another comes, or none.
    public func receive<M: Message>(_ type: M.Type) async throws -> M {
        let message = try await receive()
        guard message.code == M.code else {
            throw TestError(.unexpectedMessage, "\(name(of: message)) came instead of \(M.name)")
        }
        return try message.decoded(as: type)
    }

    /// Waits for the next message.
    ///
    /// - Throws: A ``TestError`` when none comes.
    public func receive() async throws -> ReceivedMessage {
        try await take("a message") { _ in true }
    }

    /// The messages that have come and were not taken yet.
    ///
    /// It waits for nothing: handlers that wait may send more.
    ///
    /// - Throws: A ``TestError`` when something came that is no frame.
    public func takeMessages() throws -> [ReceivedMessage] {
        try server.update {
            try readFrames()
            defer { traffic.inbox = [] }
            return traffic.inbox
        }
    }

    /// Waits for the server to close the connection, before which nothing else may come.
    ///
    /// - Throws: A ``TestError`` when something comes, or the connection stays open.
    public func receiveEnd() async throws {
        try await server.wait(for: "the end of the connection") {
            try readFrames()
            if let message = traffic.inbox.first {
                throw TestError(.unexpectedMessage, "\(name(of: message)) came before the end of the connection")
            }
            return traffic.hasEnded ? () : nil
        }
    }

    /// Whether the server has closed the connection, as far as the peer has read, or the peer has.
    public var hasEnded: Bool { server.update { traffic.hasEnded } }

    // MARK: The connection

    /// How what the peer sends travels to the server.
    public var link: Link {
        get { server.update { traffic.link } }
        set { server.update { traffic.link = newValue } }
    }

    /// Whether the peer takes what the server sends; while it does not, output piles up at the server.
    public var isReading: Bool {
        get { server.update { traffic.isReading } }
        set { server.update { traffic.isReading = newValue } }
    }

    /// Says that it sends no more, once all that it has sent has arrived; it can still receive.
    public func endOutput() { server.update { traffic.endOutput() } }

    /// Closes the connection; what is still on its way never arrives.
    public func close() { server.update { traffic.close() } }

    /// Breaks the connection off: the server sees a reset.
    public func reset() { server.update { traffic.reset() } }

    // MARK: Frames

    /// Waits for the first message that `isWanted` accepts, and takes it out of those that have come.
    private func take(
        _ what: String,
        _ isWanted: @escaping (ReceivedMessage) -> Bool
    ) async throws -> ReceivedMessage {
        try await server.wait(for: what) {
            try readFrames()
            if let index = traffic.inbox.firstIndex(where: isWanted) { return traffic.inbox.remove(at: index) }
            if traffic.hasEnded {
                throw TestError(.connectionEnded, "\(what) did not come: the server closed the connection")
            }
            return nil
        }
    }

    /// Finds the frames in what has come.
    private func readFrames() throws {
        var reader = ByteReader(Bytes(traffic.received))
        var found: [DecodedFrame] = []
        _ = decoder.read(&reader, into: &found)
        traffic.received.removeFirst(traffic.received.count - reader.remaining)
        for frame in found {
            switch frame {
            case .message(let message): traffic.inbox.append(message)
            case .skipped(let fault), .broken(let fault):
                throw TestError(.brokenFrame, "the server sent a frame with a fault: \(fault.rawValue)")
            case .incomplete: break
            }
        }
    }

    private func name(of message: ReceivedMessage) -> String {
        let type = server.wireProtocol.messages.first { $0.code == message.code && $0.sender != .client }
        return type?.name ?? "a message with the code \(message.code)"
    }
}
