internal import SwitchboardRouter
internal import SwitchboardTransport

/// The few words that metrics have for why connections close.
enum CloseLabel: String, CaseIterable {
    case endOfStream
    case requested
    case reset
    case slowConsumer
    case loopStopped
    case insecure

    /// These, and the names of the faults.
    static let all = allCases.map { $0.rawValue } + Fault.allCases.map { $0.rawValue }
}

extension CloseReason {
    /// One word of a set that does not grow.
    var label: String {
        switch self {
        case .endOfStream: CloseLabel.endOfStream.rawValue
        case .requested: CloseLabel.requested.rawValue
        case .reset: CloseLabel.reset.rawValue
        case .slowConsumer: CloseLabel.slowConsumer.rawValue
        case .loopStopped: CloseLabel.loopStopped.rawValue
        case .insecure: CloseLabel.insecure.rawValue
        case .fault(let name): name
        }
    }
}

/// Why there was no place for a connection.
enum RefusalReason: String, CaseIterable {
    case serverIsFull
    case addressIsFull

    /// What the peer is told.
    var explanation: String {
        switch self {
        case .serverIsFull: "the server has as many connections as it may; try again later"
        case .addressIsFull: "your address has as many connections as it may"
        }
    }
}
