public import Switchboard

/// A peer of a ``TestServer``: the other end of one connection.
///
/// When a call returns, the server has handled everything that the call caused, except for suspended handlers. A peer
/// may be used from any thread.
public final class TestPeer: Sendable {
    private let server: TestServer
    private let traffic: Traffic
    private let encoder: FrameEncoder
    private let decoders: StageDecoders
    private let correlation: FrameFormat.Correlation?

    init(_ server: TestServer, _ traffic: Traffic) {
        self.server = server
        self.traffic = traffic
        let format = server.wireProtocol.frameFormat
        encoder = FrameEncoder(format, as: .client)
        decoders = StageDecoders(format, from: .server)
        correlation = format.correlation
        traffic.stage = decoders.first
    }

    // MARK: Sending

    /// Sends a message.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - header: The extra fields of its header.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, header: some FrameHeader = NoHeader()) throws(PayloadError) {
        try send(message, header: HeaderBytes(of: header))
    }

    private func send<M: Message>(_ message: M, header: HeaderBytes) throws(PayloadError) {
        let bytes = Array(try encoder.encode(message, header: header))
        server.update {
            traffic.stage = decoders.stage(afterPeerSent: M.code, in: traffic.stage)
            if !decoders.isSingle, let request = M.self as? any Request.Type {
                traffic.expectedReplies.append((correlation?.number(in: header), request.replyCode))
            }
            traffic.send(bytes)
        }
    }

    /// Replies to a request of the server, with the header of the request.
    ///
    /// - Parameters:
    ///   - request: The request, as ``receive()`` has returned it.
    ///   - message: The reply, or an error message in its place.
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func reply(to request: ReceivedMessage, with message: some Message) throws(PayloadError) {
        try send(message, header: request.header)
    }

    /// Sends bytes that need not be a frame.
    public func send(bytes: [UInt8]) {
        server.update { traffic.send(bytes) }
    }

    /// Sends a request, and returns its reply.
    ///
    /// Other messages that arrive before the reply are kept for ``receive(_:)``.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - header: The extra fields of its header.
    /// - Returns: The reply.
    /// - Throws: The protocol's error message when the server replies with it; a ``TestError`` when no reply comes; a
    ///   `PayloadError` when a value does not fit the layout of the message.
    public func request<R: Request>(_ request: R, header: some FrameHeader = NoHeader()) async throws -> R.Reply {
        var bytes = HeaderBytes(of: header)
        let number = server.update {
            traffic.lastNumber += 1
            return traffic.lastNumber
        }
        correlation?.set(number, in: &bytes)
        try send(request, header: bytes)
        let errorCode = server.wireProtocol.errorMessage?.code
        let answer = try await take("\(R.Reply.name), the reply to \(R.name),") { message in
            guard message.code == R.Reply.code || message.code == errorCode else { return false }
            return self.correlation.map { $0.number(in: message.header) == number } ?? true
        }
        if answer.code == R.Reply.code { return try answer.decoded(as: R.Reply.self) }
        throw try answer.decoded(asErrorOf: server.wireProtocol)
    }

    // MARK: Receiving

    /// Returns the next message, which must be of type `type`.
    ///
    /// - Throws: A ``TestError`` when a message of another type comes, or no message.
    public func receive<M: Message>(_ type: M.Type) async throws -> M {
        let message = try await receive()
        guard message.code == M.code else {
            throw TestError(.unexpectedMessage, "received \(name(of: message)) instead of \(M.name)")
        }
        return try message.decoded(as: type)
    }

    /// Returns the next message, as soon as it comes.
    ///
    /// - Throws: A ``TestError`` when no message comes.
    public func receive() async throws -> ReceivedMessage {
        try await take("a message") { _ in true }
    }

    /// Removes and returns the messages that have arrived, without waiting for others.
    ///
    /// - Throws: A ``TestError`` when the server has sent a broken frame.
    public func takeMessages() throws -> [ReceivedMessage] {
        try server.update {
            try readFrames()
            defer { traffic.inbox = [] }
            return traffic.inbox
        }
    }

    /// Returns when the server has closed the connection.
    ///
    /// - Throws: A ``TestError`` when a message comes before that, or the connection stays open.
    public func receiveEnd() async throws {
        try await server.wait(for: "the end of the connection") {
            try readFrames()
            if let message = traffic.inbox.first {
                throw TestError(.unexpectedMessage, "received \(name(of: message)) before the end of the connection")
            }
            return traffic.hasEnded ? () : nil
        }
    }

    /// Whether the peer has closed the connection, or has read up to the point where the server closed it.
    public var hasEnded: Bool { server.update { traffic.hasEnded } }

    // MARK: The connection

    /// The network between the peer and the server.
    public var link: Link {
        get { server.update { traffic.link } }
        set { server.update { traffic.link = newValue } }
    }

    /// Whether the peer reads; while it does not, the output for it stays pending at the server.
    public var isReading: Bool {
        get { server.update { traffic.isReading } }
        set { server.update { traffic.isReading = newValue } }
    }

    /// Ends the peer's side (a TCP FIN) once all sent bytes have arrived; the peer still receives.
    public func endOutput() { server.update { traffic.endOutput() } }

    /// Closes the connection; bytes that have not arrived are lost.
    public func close() { server.update { traffic.close() } }

    /// Aborts the connection: the server sees a reset.
    public func reset() { server.update { traffic.reset() } }

    // MARK: Frames

    /// Removes and returns the first message that `isWanted` accepts, as soon as it has arrived.
    private func take(
        _ what: String,
        _ isWanted: @escaping (ReceivedMessage) -> Bool
    ) async throws -> ReceivedMessage {
        try await server.wait(for: what) {
            try readFrames()
            if let index = traffic.inbox.firstIndex(where: isWanted) { return traffic.inbox.remove(at: index) }
            if traffic.hasEnded {
                throw TestError(.connectionEnded, "\(what) did not arrive: the server closed the connection")
            }
            return nil
        }
    }

    /// Decodes the frames that have arrived.
    private func readFrames() throws {
        var reader = ByteReader(Bytes(traffic.received))
        var found: [DecodedFrame] = []
        _ = decoders.read(&reader, from: &traffic.stage, into: &found) { header in
            let number = correlation?.number(in: header)
            let index = traffic.expectedReplies.firstIndex { $0.number == number }
            return index.map { traffic.expectedReplies.remove(at: $0).code }
        }
        traffic.received.removeFirst(traffic.received.count - reader.remaining)
        for frame in found {
            switch frame {
            case .message(let message): traffic.inbox.append(message)
            case .skipped(let fault), .broken(let fault):
                throw TestError(.brokenFrame, "the server sent a broken frame (\(fault.rawValue))")
            case .incomplete: break
            }
        }
    }

    private func name(of message: ReceivedMessage) -> String {
        let type = server.wireProtocol.messages.first { $0.code == message.code && $0.sender != .client }
        return type?.name ?? "message code \(message.code)"
    }
}
