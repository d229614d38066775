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

    // Never changed: it is looked into for every message, and an array would be retained for that.
    let slots: UnsafeMutablePointer<UInt16>
    /// One more than the highest code.
    let codeCount: Int

    init(_ wireProtocol: any WireProtocol.Type) {
        // A protocol has 65,535 messages at most: code 0 to 0xFFFF, of which one at least is left for the unknown ones.
        let messages = wireProtocol.messages.prefix(Int(UInt16.max))
        codeCount = Int(messages.map { $0.code }.max() ?? 0) + 1
        unsafe slots = .allocate(capacity: codeCount)
        unsafe slots.initialize(repeating: UInt16(Self.unknown), count: codeCount)
        for (index, message) in messages.enumerated() { unsafe slots[Int(message.code)] = UInt16(index + 1) }
        names = [Self.unknownName] + messages.map { $0.name }
        let slotsByCode = Dictionary(
            messages.enumerated().map { ($0.element.code, $0.offset + 1) },
            uniquingKeysWith: { first, _ in first }
        )
        replies =
            [nil]
            + messages.map { message in
                (message as? any Request.Type).flatMap { slotsByCode[Self.replyCode(of: $0)] }
            }
    }

    deinit {
        unsafe slots.deallocate()
    }

    /// How many slots there are.
    var count: Int { names.count }

    private static func replyCode<Message: Request>(of request: Message.Type) -> MessageCode {
        Message.Reply.code
    }
}
