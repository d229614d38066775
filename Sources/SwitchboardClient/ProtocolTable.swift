internal import SwitchboardWire

/// A frame that a client sends.
struct OutgoingFrame: Sendable {
    /// The code of its message.
    let code: MessageCode
    let bytes: Bytes
}

/// The messages of a client's protocol, by code and by sender.
struct ProtocolTable: Sendable {
    /// The decoders of frames of the server.
    let decoders: StageDecoders
    /// What follows each message of a client.
    let ownStages: StageDecoders
    let encoder: FrameEncoder
    /// Whether frames have delimiters and escapes.
    let hasFraming: Bool
    /// The field of the header that pairs a reply with its request, if the protocol has one.
    let correlation: FrameFormat.Correlation?
    /// The messages that the server may send, by code.
    private let fromServer: [MessageCode: any Message.Type]
    /// The messages that clients may send.
    private let fromClient: TypeSet
    private let replies: Set<MessageCode>
    /// The codes of the requests that the server may send.
    private let requests: Set<MessageCode>
    let errorMessage: (any ErrorMessage.Type)?
    let name: String
    /// The protocol's heartbeat, if the spec names one.
    let heartbeat: (any Request)?

    init(_ wireProtocol: any WireProtocol.Type) {
        let messages = wireProtocol.messages
        decoders = StageDecoders(wireProtocol.frameFormat, from: .server)
        ownStages = StageDecoders(wireProtocol.frameFormat, from: .client)
        hasFraming = decoders.hasFraming
        let encoder = FrameEncoder(wireProtocol.frameFormat, as: .client)
        let correlation = wireProtocol.frameFormat.correlation
        self.encoder = encoder
        self.correlation = correlation
        fromServer = Dictionary(
            messages.filter { $0.sender != .client }.map { ($0.code, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        fromClient = TypeSet(messages.filter { $0.sender != .server })
        replies = Set(messages.compactMap { $0.sender == .server ? nil : ($0 as? any Request.Type)?.replyCode })
        requests = Set(messages.filter { $0.sender != .client && $0 is any Request.Type }.map { $0.code })
        errorMessage = wireProtocol.errorMessage
        name = wireProtocol.name
        heartbeat = wireProtocol.heartbeat
    }

    /// Returns the message that the server may send with this code.
    func message(for code: MessageCode) -> (any Message.Type)? {
        fromServer[code]
    }

    /// Returns whether a message of the server with this code is a request.
    func isRequest(_ code: MessageCode) -> Bool {
        requests.contains(code)
    }

    /// Returns whether a message with this code is the reply to some request.
    func isReply(_ code: MessageCode) -> Bool {
        replies.contains(code)
    }

    /// Checks that the server may send a message without a request.
    ///
    /// - Throws: A ``ClientError`` when it may not.
    func checkHandler(of type: any Message.Type) throws(ClientError) {
        guard let known = fromServer[type.code], known == type else {
            throw ClientError(.notSentByServers, "servers may not send \(type.name) in the protocol \(name)")
        }
        // Where the header has a correlation, a reply with the number 0 answers no request.
        guard correlation != nil || !isReply(type.code) else {
            throw ClientError(.notSentByServers, "servers send \(type.name) only as the reply to a request")
        }
    }

    /// Checks that clients may reply with a message of type `reply`.
    ///
    /// - Throws: A ``ClientError`` when they may not.
    func checkReply(_ reply: any Message.Type) throws(ClientError) {
        guard correlation != nil else {
            let text = "the header of \(name) has no field with `correlate`, which replies of clients need"
            throw ClientError(.noCorrelation, text)
        }
        guard fromClient.contains(reply) else {
            throw ClientError(.notSentByClients, "clients may not send \(reply.name) in the protocol \(name)")
        }
    }

    /// Returns the frame of the reply that `body` returns, or of the error message in its place; `nil` if there is none.
    ///
    /// - Parameter header: The header of the request.
    func reply<Reply: Message>(with header: HeaderBytes, _ body: () async throws -> Reply) async -> OutgoingFrame? {
        do {
            return OutgoingFrame(code: Reply.code, bytes: try encoder.encode(try await body(), header: header))
        } catch {
            let text = "the client could not handle this message"
            guard let message = error as? any ErrorMessage ?? errorMessage?.init(.internal, detail: text) else {
                return nil
            }
            let type = type(of: message)
            guard fromClient.contains(type) else { return nil }
            return (try? encoder.encode(message, header: header)).map { OutgoingFrame(code: type.code, bytes: $0) }
        }
    }

    /// Checks a request that is not sent.
    ///
    /// - Throws: What ``encode(_:_:_:into:)`` throws.
    func check(_ request: PendingRequest) throws {
        var writer = ByteWriter()
        try request.encode(0, self, into: &writer)
    }

    /// Returns the frame of a message.
    ///
    /// - Throws: What ``encode(_:_:_:into:)`` throws.
    func frame<Output: Message>(of message: Output, _ header: HeaderBytes) throws -> OutgoingFrame {
        var writer = ByteWriter()
        try encode(message, header, into: &writer)
        return OutgoingFrame(code: Output.code, bytes: writer.takeBytes())
    }

    /// Appends the frame of a message.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - header: The extra fields of its header.
    ///   - number: The number of a request, where the header has a correlation.
    ///   - writer: The writer to append the frame to.
    /// - Throws: A ``ClientError`` when clients may not send the message; a `PayloadError` when a value does not fit
    ///   its layout. Nothing is appended in that case.
    func encode<Output: Message>(
        _ message: Output,
        _ header: HeaderBytes,
        _ number: UInt64 = 0,
        into writer: inout ByteWriter
    ) throws {
        guard fromClient.contains(Output.self) else {
            throw ClientError(.notSentByClients, "clients may not send \(Output.name) in the protocol \(name)")
        }
        var header = header
        correlation?.set(number, in: &header)
        try encoder.encode(message, header: header, into: &writer)
    }
}

/// Some types of messages, in an order in which a search takes less time than a hash.
private struct TypeSet: Sendable {
    private let types: [ObjectIdentifier]

    init(_ types: [any Message.Type]) {
        self.types = types.map { ObjectIdentifier($0) }.sorted()
    }

    func contains(_ type: any Message.Type) -> Bool {
        let type = ObjectIdentifier(type)
        var (start, end) = (0, types.count)
        while start < end {
            let middle = start + (end - start) / 2
            if types[middle] == type { return true }
            if types[middle] < type { start = middle + 1 } else { end = middle }
        }
        return false
    }
}
