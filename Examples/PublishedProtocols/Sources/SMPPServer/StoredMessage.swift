import Serving
import Switchboard

/// A message of a client, as the centre keeps it.
struct StoredMessage: Sendable {
    /// What the sender sets.
    struct Content: Sendable {
        var service: String
        var source: SMPP.Address
        var destination: SMPP.Address
        var mode: SMPP.MessageMode
        var protocolID: UInt8 = 0
        var priority: UInt8 = 0
        var receipts: SMPP.Receipts
        var coding: SMPP.Coding
        /// The text, in memory of its own.
        var text: Bytes
        var options: [SMPP.Option]
    }

    let number: UInt64

    /// The identifier that the sender gets.
    var id: String { String(number, radix: 16) }

    /// The account of the sender.
    let account: String

    var content: Content
    let submitted: Moment

    /// The time at which the message expires.
    var deadline: Moment

    var state = SMPP.MessageState.enRoute

    /// Whether a client has received the message and not answered yet.
    var isInFlight = false

    /// The time at which the message was delivered, or has failed.
    var ended: Moment?

    /// Whether the message can still be changed or cancelled.
    var isWaiting: Bool { state == .enRoute && !isInFlight }

    /// The message for a client that receives it.
    var delivery: SMPP.DeliverSM {
        SMPP.DeliverSM(
            service: content.service,
            source: content.source,
            destination: content.destination,
            // The other modes are for the centre, or for receipts.
            mode: content.mode.intersection([.userDataHeader, .replyPath]),
            protocolID: content.protocolID,
            priority: content.priority,
            scheduled: "",
            validity: "",
            receipts: [],
            replace: 0,
            coding: content.coding,
            predefined: 0,
            text: content.text,
            options: content.options
        )
    }

    /// The receipt for the sender; `nil` if the sender has not asked for one about this state.
    var receipt: SMPP.DeliverSM? {
        guard let ended else { return nil }
        let wanted = content.receipts.intersection([.delivery, .failure])
        guard wanted == .delivery || wanted == .failure && state != .delivered else { return nil }
        let facts = [
            "id:\(id)", "sub:001", "dlvrd:\(state == .delivered ? "001" : "000")",
            "submit date:\(date(submitted, seconds: false))",
            "done date:\(date(ended, seconds: false))", "stat:\(stateName)", "err:000", "text:",
        ]
        return SMPP.DeliverSM(
            service: content.service,
            source: content.destination,
            destination: content.source,
            mode: .receipt,
            protocolID: 0,
            priority: 0,
            scheduled: "",
            validity: "",
            receipts: [],
            replace: 0,
            coding: .default,
            predefined: 0,
            text: Bytes(Array(facts.joined(separator: " ").utf8) + content.text.prefix(20)),
            options: [.receiptedID(id: id), .messageState(state: state)]
        )
    }

    /// The name of the state in receipts.
    private var stateName: String {
        switch state {
        case .delivered: "DELIVRD"
        case .expired: "EXPIRED"
        case .deleted: "DELETED"
        default: "UNDELIV"
        }
    }
}
