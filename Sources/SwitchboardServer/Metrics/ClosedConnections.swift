internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// A connection that has closed.
public struct ClosedConnection: Sendable {
    /// The state of the connection when it closed.
    public let summary: ConnectionSummary

    /// The name of the `DisconnectReason`: `endOfStream`, `requested`, `reset`, `slowConsumer`, `loopStopped`, `insecure`,
    /// or the name of a `Fault`.
    public let reason: String

    /// The time at which the connection closed.
    public let time: ContinuousClock.Instant
}

extension CloseReason {
    /// The reason without the details of one connection: metrics and the log tell only these apart, so their number is bounded.
    var kind: DisconnectReason {
        switch self {
        case .endOfStream: .endOfStream
        case .requested: .requested
        case .reset: .reset
        case .slowConsumer: .slowConsumer
        case .loopStopped: .loopStopped
        case .insecure: .insecure
        case .fault(let fault): .fault(fault)
        }
    }
}

/// The connections that have closed most recently.
final class ClosedConnections: Sendable {
    /// The number of connections that are kept.
    static let maximumCount = 1000

    private struct State {
        var connections: [ClosedConnection] = []
        /// The position of the oldest connection, once the maximum is reached.
        var oldest = 0
    }

    private let state = Mutex(State())

    /// Adds the connection that `make` returns, in place of the oldest one if there are too many.
    func append(_ make: () -> ClosedConnection) {
        state.withLock { state in
            if state.connections.count < Self.maximumCount {
                state.connections.append(make())
            } else {
                state.connections[state.oldest] = make()
                state.oldest = (state.oldest + 1) % Self.maximumCount
            }
        }
    }

    /// The connections, most recently closed first.
    var latestFirst: [ClosedConnection] {
        state.withLock { state in
            Array((state.connections[state.oldest...] + state.connections[..<state.oldest]).reversed())
        }
    }
}
