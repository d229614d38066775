internal import SwitchboardWire

/// What a client looks up about the messages of its protocol.
struct ProtocolTable: Sendable {
    let decoder: FrameDecoder
    let encoder: FrameEncoder
    /// The messages that the server may send, by code.
    private let fromServer: [MessageCode: any Message.Type]
    private let fromClient: Set<MessageCode>
    private let requests: Set<MessageCode>
    private let replies: Set<MessageCode>
    private let name: String
    /// The frame of the protocol's heartbeat, and the code of the reply to it.
    let heartbeat: (frame: Bytes, replyCode: MessageCode)?

    init(_ wireProtocol: any WireProtocol.Type) {
        let messages = wireProtocol.messages
        decoder = FrameDecoder(wireProtocol.frameFormat)
        encoder = FrameEncoder(wireProtocol.frameFormat)
        fromServer = Dictionary(
            messages.filter { $0.sender != .client }.map { ($0.code, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        fromClient = Set(messages.filter { $0.sender != .server }.map { $0.code })
        requests = Set(messages.filter { $0 is any Request.Type }.map { $0.code })
        replies = Set(messages.compactMap { ($0 as? any Request.Type)?.replyCode })
        name = wireProtocol.name
        heartbeat = wireProtocol.heartbeat.flatMap { [encoder] message in
            (try? encoder.encode(message)).map { ($0, type(of: message).replyCode) }
        }
    }

    /// The message that the server may send with this code.
    func message(for code: MessageCode) -> (any Message.Type)? {
        fromServer[code]
    }

    /// Whether a message with this code has a reply.
    func isRequest(_ code: MessageCode) -> Bool {
        requests.contains(code)
    }

    /// Whether a message with this code answers some request.
    func isReply(_ code: MessageCode) -> Bool {
        replies.contains(code)
    }

    /// The frame of a message that a client may send.
    func encode<Input: Message>(_ message: Input) throws -> Bytes {
        guard fromClient.contains(Input.code) else {
            throw ClientError(.notSentByClients, "\(Input.name) is no message that a client of \(name) may send")
        }
        return try encoder.encode(message)
    }
}

extension Request {
    fileprivate static var replyCode: MessageCode { Reply.code }
}
