internal import SwitchboardWire

/// What a client looks up about the messages of its protocol.
struct ProtocolTable: Sendable {
    /// Makes a request's frame, once it has a number.
    typealias MakeFrame = @Sendable (_ number: UInt64) throws -> Bytes

    let decoder: FrameDecoder
    let encoder: FrameEncoder
    /// Where the header says which request a reply answers, if it does.
    let correlation: FrameFormat.Correlation?
    /// The messages that the server may send, by code.
    private let fromServer: [MessageCode: any Message.Type]
    /// Those that clients may send: not by code, which may be that of another message from the server.
    private let fromClient: Set<ObjectIdentifier>
    private let replies: Set<MessageCode>
    private let name: String
    /// The protocol's heartbeat, and the code of the reply to it.
    let heartbeat: (makeFrame: MakeFrame, replyCode: MessageCode)?

    init(_ wireProtocol: any WireProtocol.Type) {
        let messages = wireProtocol.messages
        decoder = FrameDecoder(wireProtocol.frameFormat)
        let encoder = FrameEncoder(wireProtocol.frameFormat)
        let correlation = wireProtocol.frameFormat.correlation
        self.encoder = encoder
        self.correlation = correlation
        fromServer = Dictionary(
            messages.filter { $0.sender != .client }.map { ($0.code, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        fromClient = Set(messages.filter { $0.sender != .server }.map { ObjectIdentifier($0) })
        replies = Set(messages.compactMap { ($0 as? any Request.Type)?.replyCode })
        name = wireProtocol.name
        heartbeat = wireProtocol.heartbeat.map { message in
            let makeFrame: MakeFrame = { number in
                var header = HeaderBytes()
                correlation?.set(number, in: &header)
                return try encoder.encode(message, header: header)
            }
            return (makeFrame, type(of: message).replyCode)
        }
    }

    /// The message that the server may send with this code.
    func message(for code: MessageCode) -> (any Message.Type)? {
        fromServer[code]
    }

    /// Whether a message with this code answers some request.
    func isReply(_ code: MessageCode) -> Bool {
        replies.contains(code)
    }

    /// The frame of a message that a client may send, and that is no request or has this number.
    func encode<Output: Message>(
        _ message: Output,
        header: some FrameHeader,
        number: UInt64 = 0
    ) throws -> Bytes {
        guard fromClient.contains(ObjectIdentifier(Output.self)) else {
            throw ClientError(.notSentByClients, "\(Output.name) is no message that a client of \(name) may send")
        }
        var header = HeaderBytes(of: header)
        correlation?.set(number, in: &header)
        return try encoder.encode(message, header: header)
    }

    /// What makes the frame of a request that a client may send: made already, where requests have no number.
    func makeFrame(of message: some Request, header: some FrameHeader) throws -> MakeFrame {
        if correlation != nil { return { number in try encode(message, header: header, number: number) } }
        let frame = try encode(message, header: header)
        return { _ in frame }
    }
}

extension Request {
    fileprivate static var replyCode: MessageCode { Reply.code }
}
