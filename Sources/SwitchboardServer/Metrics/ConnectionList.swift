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
            return (count, first.connections.map { $0.map { ConnectionSnapshot($0) } })
        }
        let candidates = parts.flatMap(\.1).sorted { $0.comesBefore($1) }
        return ConnectionList(
            open: parts.reduce(0) { $0 + $1.0 },
            connections: candidates.prefix(max(limit, 0)).map(\.connection.summary)
        )
    }

    /// Compares text outside the event loops, which only copy what the connections have.
    private func connections(
        containing text: String,
        by order: ConnectionList.Order,
        limit: Int
    ) async -> ConnectionList {
        let all = await connections()
        let part = Array(text.utf8)
        let matching = all.filter { $0.user?.hasBytes(part) ?? false || "\($0.remoteAddress)".hasBytes(part) }
        let ranked = matching.map { connection in
            let key = order.key(connection.pendingOutput, messages: connection.messages, age: connection.age)
            return Ranked(key: key, id: connection.id, connection: connection)
        }
        let first = ranked.sorted { $0.comesBefore($1) }.prefix(max(limit, 0))
        return ConnectionList(open: all.count, connections: first.map(\.connection))
    }
}

extension ConnectionList.Order {
    /// Returns the number by which a connection has its place in the order.
    fileprivate func key(_ pendingOutput: Int, messages: UInt64, age: Duration) -> Double {
        let seconds = age / .seconds(1)
        return switch self {
        case .pending: Double(pendingOutput)
        case .age: seconds
        case .rate: seconds > 0 ? Double(messages) / seconds : 0
        }
    }
}

extension String {
    /// Returns whether `part` occurs in the bytes of the text.
    ///
    /// `contains` compares characters, which takes more than a hundredth of a second for 10,000 connections.
    fileprivate func hasBytes(_ part: [UInt8]) -> Bool {
        var text = self
        return text.withUTF8 { bytes in
            guard bytes.count >= part.count else { return false }
            return (0...bytes.count - part.count).contains { unsafe bytes[$0...].starts(with: part) }
        }
    }
}

/// A connection with its place in an order.
private struct Ranked<Connection> {
    let key: Double
    let id: ConnectionID
    let connection: Connection

    /// Returns whether this connection comes first: by a larger key or, of the same keys, by a lower number.
    func comesBefore(_ other: Ranked) -> Bool { (key, other.id) > (other.key, id) }

    func map<Other>(_ transform: (Connection) -> Other) -> Ranked<Other> {
        Ranked<Other>(key: key, id: id, connection: transform(connection))
    }
}

extension Ranked: Sendable where Connection: Sendable {}

/// Finds the connections that are first in an order, without a list of all.
private struct FirstConnections {
    private let order: ConnectionList.Order
    private let limit: Int
    /// The connections, in no particular order: as many as the limit allows, or more.
    private(set) var connections: [Ranked<ServerConnection>] = []
    /// The smallest key with which a connection is still considered.
    private var threshold = -Double.infinity

    init(_ order: ConnectionList.Order, _ limit: Int) {
        self.order = order
        self.limit = max(limit, 0)
    }

    mutating func consider(_ connection: ServerConnection) {
        let key = order.key(
            connection.stream.pendingOutput,
            messages: connection.messageCount,
            age: connection.age
        )
        guard limit > 0, key >= threshold else { return }
        connections.append(Ranked(key: key, id: connection.id, connection: connection))
        guard connections.count >= 2 * limit else { return }
        connections.sort { $0.comesBefore($1) }
        connections.removeSubrange(limit...)
        threshold = connections[limit - 1].key
    }
}
