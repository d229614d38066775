internal import SwitchboardRouter

/// The metric index of each message of a protocol: the position of its counters in arrays.
///
/// Codes are sparse; metric indexes are not. Codes that the protocol does not have share index 0.
@safe
final class MetricIndexes: @unchecked Sendable {
    /// The index of all codes that the protocol does not have.
    static let unknown = 0

    /// The name of index 0.
    private static let unknownName = "unknown"

    /// The names of the messages, by index.
    let names: [String]

    /// The index of the reply to each message; `nil` for one-way messages.
    let replies: [Int?]

    // These tables never change. They are pointers because every message needs a look-up, and an array would be
    // retained for it. A code may belong to a message that only clients send, and to another one that only the server
    // sends.

    /// The indexes of received messages, by code.
    let received: UnsafeMutablePointer<UInt16>
    /// The indexes of sent messages, by code.
    let sent: UnsafeMutablePointer<UInt16>
    /// One more than the highest code.
    let codeCount: Int

    init(_ wireProtocol: any WireProtocol.Type) {
        // A protocol has at most 65,535 messages, so that an index is left for unknown codes.
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
                guard let code = (message as? any Request.Type).map({ Int($0.replyCode) }) else { return nil }
                return code < codeCount ? unsafe Int(sent[code]) : nil
            }
    }

    /// Makes the table of indexes by code.
    ///
    /// If two messages have the same code, the table has the one from `sender`.
    private static func table(
        of messages: ArraySlice<any Message.Type>,
        preferring sender: Sender,
        _ codeCount: Int
    ) -> UnsafeMutablePointer<UInt16> {
        let table = UnsafeMutablePointer<UInt16>.allocate(capacity: codeCount)
        unsafe table.initialize(repeating: UInt16(unknown), count: codeCount)
        for (position, message) in messages.enumerated() {
            let index = unsafe table + Int(message.code)
            if unsafe index.pointee == unknown || message.sender == sender {
                unsafe index.pointee = UInt16(position + 1)
            }
        }
        return unsafe table
    }

    deinit {
        unsafe received.deallocate()
        unsafe sent.deallocate()
    }

    /// The number of indexes.
    var count: Int { names.count }
}
