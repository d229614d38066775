import Switchboard

/// A client that has bound.
struct BoundSession: Sendable {
    /// What a client has bound for.
    enum Kind: Sendable {
        case transmitter, receiver, transceiver
    }

    /// Something for a client to receive.
    enum Item: Sendable {
        /// The number of a message.
        case message(UInt64)
        case receipt(SMPP.DeliverSM)
    }

    let connection: any Connection
    let account: String
    let kind: Kind

    /// The start of the addresses whose messages the client receives.
    let range: String

    /// The messages that the client has not answered, by sequence number.
    var inFlight: [UInt32: Item] = [:]

    /// The messages to send when the client has answered earlier ones.
    var queue = Queue<Item>()

    private var lastSequence: UInt32 = 0

    init(_ connection: any Connection, account: String, kind: Kind, range: String) {
        self.connection = connection
        self.account = account
        self.kind = kind
        // Without a range, the client receives what is sent to its name.
        self.range = range.isEmpty ? account : range
    }

    var receives: Bool { kind != .transmitter }
    var transmits: Bool { kind != .receiver }

    /// Returns a number for a request of the centre.
    mutating func nextSequence() -> UInt32 {
        // The highest number that SMPP allows.
        lastSequence = lastSequence == 0x7FFF_FFFF ? 1 : lastSequence + 1
        return lastSequence
    }
}
