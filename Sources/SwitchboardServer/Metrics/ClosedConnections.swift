internal import Synchronization

/// The connections that have closed last, up to a number of them.
final class ClosedConnections: Sendable {
    /// How many are kept.
    static let maximumCount = 1000

    private struct State {
        var connections: [ClosedConnection] = []
        /// Where the oldest is, once there are as many as are kept.
        var oldest = 0
    }

    private let state = Mutex(State())

    func append(_ connection: ClosedConnection) {
        state.withLock { state in
            if state.connections.count < Self.maximumCount {
                state.connections.append(connection)
            } else {
                state.connections[state.oldest] = connection
                state.oldest = (state.oldest + 1) % Self.maximumCount
            }
        }
    }

    /// All of them, the last one first.
    var latestFirst: [ClosedConnection] {
        state.withLock { state in
            Array((state.connections[state.oldest...] + state.connections[..<state.oldest]).reversed())
        }
    }
}
