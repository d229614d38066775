internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport

/// An event that peers can cause repeatedly, and that the server logs.
enum RepeatedEvent: Hashable {
    case frame
    case fault(Fault)
    case handlerFailure
    case unencodableReply
    case peerError
    /// A connection was refused; each reason is an event of its own.
    case refusal(RefusalReason)
    /// A connection has closed; each kind of reason is an event of its own, so that many closings of one
    /// kind do not hide another kind.
    case close(DisconnectReason)
    /// A handler has accepted or refused the credentials of a peer.
    case authentication(isAccepted: Bool)
    /// A one-way message was dropped because of a rate limit.
    case rateLimitedDrop
    /// Blocks of other servers did not arrive.
    case missedBlocks
    /// Blocks of other servers were discarded, because their frames are not those of a server.
    case invalidBlocks

    /// The number of events that an event loop logs one by one in a second; it only counts further
    /// events.
    var allowance: Int {
        switch self {
        case .frame, .close, .authentication: 100
        default: 1
        }
    }

    /// The level of the line that summarises the counted events.
    var level: Logger.Level {
        switch self {
        case .frame, .fault, .peerError: .debug
        case .refusal, .close, .rateLimitedDrop, .authentication(isAccepted: true): .info
        case .authentication(isAccepted: false): .notice
        case .handlerFailure, .unencodableReply, .missedBlocks, .invalidBlocks: .error
        }
    }

    /// The text of the line that summarises the counted events.
    var summary: String {
        switch self {
        case .frame: "more frames"
        case .fault(let fault): "more faults: \(fault.rawValue)"
        case .handlerFailure: "more handlers failed"
        case .unencodableReply: "more replies that cannot be encoded"
        case .peerError: "more errors from peers"
        case .refusal(let reason): "more connections refused: \(reason.rawValue)"
        case .close(let reason): "more connections closed: \(reason.name)"
        case .authentication(let isAccepted): "more authentications \(isAccepted ? "accepted" : "refused")"
        case .rateLimitedDrop: "more one-way messages dropped: \(Fault.rateLimited.rawValue)"
        case .missedBlocks: "more backplane blocks missed"
        case .invalidBlocks: "more backplane blocks invalid"
        }
    }
}

/// The throttle of the log: decides which events are logged one by one, and counts all others.
///
/// Each event loop has one, and logs a bounded number of lines a second, however many events peers cause.
struct RepeatedEvents {
    private static let interval: UInt64 = 1_000_000_000

    /// The number of events of one network that an event loop logs one by one in a second.
    ///
    /// A program that blocks addresses, such as fail2ban, sees an address that guesses within a second, and one address cannot keep
    /// the lines of other addresses out of the log.
    static let networkAllowance = 5

    private struct Count {
        var logged = 0
        /// The sum of the amounts of the events that were not logged.
        var unlogged = 0

        /// Counts an event, and returns whether to log it.
        mutating func add(_ amount: Int, allowance: Int) -> Bool {
            if logged < allowance {
                logged += 1
                return true
            }
            unlogged = Int(clamping: Int128(unlogged) + Int128(amount))
            return false
        }
    }

    /// An event from peers of one network; `nil` for Unix-domain sockets.
    private struct NetworkEvent: Hashable {
        let event: RepeatedEvent
        let network: SocketAddress.Network?
    }

    private var counts = SmallTable<RepeatedEvent, Count>()
    /// The events of each network that were logged; the allowances of the events limit their number.
    private var logged: [NetworkEvent: Int] = [:]
    private var start: UInt64 = 0

    /// Whether no event was counted since the last summary.
    var isEmpty: Bool { counts.isEmpty }

    /// Counts an event.
    ///
    /// - Parameter amount: What the event adds to the count of a summary.
    /// - Returns: Whether to log it.
    mutating func isLogged(_ event: RepeatedEvent, amount: Int = 1, at now: UInt64) -> Bool {
        count(event, amount, at: now, mayLog: true)
    }

    /// Counts an event of a peer in a network.
    ///
    /// - Returns: Whether to log it: at most ``networkAllowance`` events of each network are logged in a second.
    mutating func isLogged(_ event: RepeatedEvent, of network: SocketAddress.Network?, at now: UInt64) -> Bool {
        let key = NetworkEvent(event: event, network: network)
        let earlier = logged[key, default: 0]
        guard count(event, 1, at: now, mayLog: earlier < Self.networkAllowance) else { return false }
        logged[key] = earlier + 1
        return true
    }

    private mutating func count(_ event: RepeatedEvent, _ amount: Int, at now: UInt64, mayLog: Bool) -> Bool {
        if counts.isEmpty { start = now }
        return counts[event, default: Count()].add(amount, allowance: mayLog ? event.allowance : 0)
    }

    /// Removes and returns the counts of the events that were not logged, if a second has passed since
    /// the first one.
    mutating func takeSummary(at now: UInt64) -> [(event: RepeatedEvent, count: Int)] {
        guard !counts.isEmpty, now &- start >= Self.interval else { return [] }
        defer {
            counts.removeAll()
            logged.removeAll()
        }
        return counts.entries.filter { $0.value.unlogged > 0 }.map { ($0.key, $0.value.unlogged) }
    }
}
