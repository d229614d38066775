internal import SwitchboardRouter
internal import SwitchboardTransport

/// Some of the open connections: those that are first in an order.
package struct ConnectionList: Sendable {
    /// The order of a list: largest first.
    package enum Order: String, CaseIterable, Sendable {
        /// By the number of bytes of pending output.
        case pending
        /// By the average number of messages per second.
        case rate
        /// By the time since the connection was opened.
        case age
    }

    /// The number of open connections, listed or not.
    package let open: Int
    /// The connections.
    package let connections: [ConnectionSummary]
}

extension Server {
    /// Returns the first connections in an order.
    ///
    /// The method takes at most ``observationTimeout``, and leaves out the connections of an event loop that is busy for longer.
    ///
    /// - Parameters:
    ///   - order: The order.
    ///   - limit: The largest number of connections to list, 0 or more.
    ///   - text: A part of the user's name or of the address of the connections to list; `nil` for all connections.
    package func connections(
        by order: ConnectionList.Order,
        limit: Int,
        containing text: String? = nil
    ) async -> ConnectionList {
        if let text { return await connections(containing: text, by: order, limit: limit) }
        let parts = await ask { worker in
            var first = FirstConnections(order, limit)
            var count = 0
            for connection in worker.connections {
                count += 1
                first.consider(connection)
            }
            return (count, first.connections.map { ($0.key, ConnectionSnapshot($0.connection)) })
        }
        let candidates = parts.flatMap(\.1).sorted { ($0.0, $1.1.id) > ($1.0, $0.1.id) }
        return ConnectionList(
            open: parts.reduce(0) { $0 + $1.0 },
            connections: candidates.prefix(max(limit, 0)).map(\.1.summary)
        )
    }

    /// Compares text outside the event loops, which only copy what the connections have.
    private func connections(
        containing text: String,
        by order: ConnectionList.Order,
        limit: Int
    ) async -> ConnectionList {
        let all = await connections()
        let matching = all.filter { $0.user?.contains(text) ?? false || "\($0.remoteAddress)".contains(text) }
        let first = matching.map { (order.key($0), $0) }.sorted { ($0.0, $1.1.id) > ($1.0, $0.1.id) }
        return ConnectionList(open: all.count, connections: first.prefix(max(limit, 0)).map(\.1))
    }
}

extension ConnectionList.Order {
    /// The number by which a connection has its place in the order.
    fileprivate func key(_ connection: ConnectionSummary) -> Double {
        switch self {
        case .pending: Double(connection.pendingOutput)
        case .age: connection.age / .seconds(1)
        case .rate: connection.messageRate
        }
    }
}

/// Finds the connections that are first in an order, without a list of all.
private struct FirstConnections {
    typealias Candidate = (key: Double, connection: ServerConnection)

    private let order: ConnectionList.Order
    private let limit: Int
    private var candidates: [Candidate] = []
    /// The smallest key with which a connection is still considered.
    private var threshold = -Double.infinity

    init(_ order: ConnectionList.Order, _ limit: Int) {
        self.order = order
        self.limit = max(limit, 0)
    }

    /// The connections, in no particular order: as many as the limit allows, or more.
    var connections: [Candidate] { candidates }

    mutating func consider(_ connection: ServerConnection) {
        let key = key(of: connection)
        guard limit > 0, key >= threshold else { return }
        candidates.append((key, connection))
        guard candidates.count >= 2 * limit else { return }
        candidates.sort { ($0.key, $1.connection.id) > ($1.key, $0.connection.id) }
        candidates.removeSubrange(limit...)
        threshold = candidates[limit - 1].key
    }

    private func key(of connection: ServerConnection) -> Double {
        switch order {
        case .pending: return Double(connection.stream.pendingOutput)
        case .age: return connection.age / .seconds(1)
        case .rate:
            let seconds = connection.age / .seconds(1)
            return seconds > 0 ? Double(connection.messageCount) / seconds : 0
        }
    }
}
