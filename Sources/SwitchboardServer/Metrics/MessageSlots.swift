internal import SwitchboardRouter

/// A small number for each message of a protocol, to count by.
///
/// Codes are sparse; slots are not. Codes that the protocol does not have share slot 0.
@safe
final class MessageSlots: @unchecked Sendable {
    /// The slot of all codes that the protocol does not have.
    static let unknown = 0

    /// What slot 0 is called.
    private static let unknownName = "unknown"

    /// The names of the messages, by slot.
    let names: [String]

    /// For each slot the one of the message's reply, if it is a request.
    let replies: [Int?]

    // Never changed: they are looked into for every message, and arrays would be retained for that. One code may be that of
    // a message only clients send, and of another only the server sends.

    /// The slots of messages that come, by code.
    let received: UnsafeMutablePointer<UInt16>
    /// The slots of messages that are sent, by code.
    let sent: UnsafeMutablePointer<UInt16>
    /// One more than the highest code.
    let codeCount: Int

    init(_ wireProtocol: any WireProtocol.Type) {
        // A protocol has 65,535 messages at most: code 0 to 0xFFFF, of which one at least is left for the unknown ones.
        let messages = wireProtocol.messages.prefix(Int(UInt16.max))
        let codeCount = Int(messages.map { $0.code }.max() ?? 0) + 1
        let received = unsafe Self.table(of: messages, preferring: .client, codeCount)
        let sent = unsafe Self.table(of: messages, preferring: .server, codeCount)
        self.codeCount = codeCount
        unsafe self.received = received
        unsafe self.sent = sent
        names = [Self.unknownName] + messages.map { $0.name }
        replies =
            [nil]
            + messages.map { message in
                guard let code = (message as? any Request.Type).map({ Int(Self.replyCode(of: $0)) }) else { return nil }
                return code < codeCount ? unsafe Int(sent[code]) : nil
            }
    }

    /// The slots of `messages` by code; where two share one, that of the message from `sender`.
    private static func table(
        of messages: ArraySlice<any Message.Type>,
        preferring sender: Sender,
        _ codeCount: Int
    ) -> UnsafeMutablePointer<UInt16> {
        let table = UnsafeMutablePointer<UInt16>.allocate(capacity: codeCount)
        unsafe table.initialize(repeating: UInt16(unknown), count: codeCount)
        for (index, message) in messages.enumerated() {
            let slot = unsafe table + Int(message.code)
            if unsafe slot.pointee == unknown || message.sender == sender { unsafe slot.pointee = UInt16(index + 1) }
        }
        return unsafe table
    }

    deinit {
        unsafe received.deallocate()
        unsafe sent.deallocate()
    }

    /// How many slots there are.
    var count: Int { names.count }

    private static func replyCode<Message: Request>(of request: Message.Type) -> MessageCode {
        Message.Reply.code
    }
}
