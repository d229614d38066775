internal import SwitchboardRouter

/// What peers can make a server log again and again.
enum RepeatedEvent: Hashable {
    case frame
    case fault(Fault)
    case handlerFailure
    case unencodableReply
    case peerError
    /// For one of the reasons that metrics tell apart: many of one kind do not hide the others.
    case close(String)

    /// How many of them are logged in a second, each; the rest are counted.
    var allowance: Int {
        switch self {
        case .frame, .close: 100
        default: 1
        }
    }

    /// What the counted ones are called.
    var summary: String {
        switch self {
        case .frame: "more frames"
        case .fault(let fault): "more faults: \(fault.rawValue)"
        case .handlerFailure: "more handlers failed"
        case .unencodableReply: "more replies do not fit their layout"
        case .peerError: "more errors from peers"
        case .close(let reason): "more connections closed: \(reason)"
        }
    }
}

/// Decides which events are logged: the first of each kind in a second, and how many more there were.
///
/// However many faults peers produce, a loop logs a few lines a second.
struct RepeatedEvents {
    private static let interval: UInt64 = 1_000_000_000

    private var counts: [RepeatedEvent: Int] = [:]
    private var start: UInt64 = 0

    /// Whether there is something to summarise at some time.
    var isEmpty: Bool { counts.isEmpty }

    /// Counts an event; returns whether it is to be logged.
    mutating func isLogged(_ event: RepeatedEvent, at now: UInt64) -> Bool {
        if counts.isEmpty { start = now }
        let count = counts[event, default: 0] + 1
        counts[event] = count
        return count <= event.allowance
    }

    /// What was counted and not logged, once a second has passed.
    mutating func takeSummary(at now: UInt64) -> [(event: RepeatedEvent, count: Int)] {
        guard !counts.isEmpty, now &- start >= Self.interval else { return [] }
        defer { counts.removeAll() }
        return counts.filter { $0.value > $0.key.allowance }.map { ($0.key, $0.value - $0.key.allowance) }
    }
}
