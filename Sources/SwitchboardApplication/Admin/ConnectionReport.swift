import FoundationEssentials
import Switchboard
import SwitchboardServer

/// The connections of a server, as JSON.
struct ConnectionReport: Codable {
    /// The default number of listed connections.
    static let defaultLimit = 100

    /// The maximum number of listed connections.
    static let maximumLimit = 10_000

    /// The number of open connections, listed or not.
    let open: Int
    let connections: [Connection]
    /// The connections that have closed, most recent first.
    let closed: [Closed]

    struct Connection: Codable {
        let id: UInt64
        let peer: String
        let user: String?
        let ageSeconds: Double
        let messages: UInt64
        let messagesPerSecond: Double
        let bytesIn: UInt64
        let bytesOut: UInt64
        let pendingOutput: Int
        let lastError: String?

        // A strategy that converts names would take more than half of the time for the JSON.
        private enum CodingKeys: String, CodingKey {
            case id, peer, user
            case ageSeconds = "age_seconds"
            case messages
            case messagesPerSecond = "messages_per_second"
            case bytesIn = "bytes_in"
            case bytesOut = "bytes_out"
            case pendingOutput = "pending_output"
            case lastError = "last_error"
        }

        init(_ summary: ConnectionSummary) {
            id = summary.id
            peer = "\(summary.remoteAddress)"
            user = summary.user
            ageSeconds = summary.age / .seconds(1)
            messages = summary.messages
            messagesPerSecond = summary.messageRate
            bytesIn = summary.receivedBytes
            bytesOut = summary.sentBytes
            pendingOutput = summary.pendingOutput
            lastError = summary.lastFault?.rawValue
        }
    }

    struct Closed: Codable {
        let connection: Connection
        let reason: String
        let secondsAgo: Double

        private enum CodingKeys: String, CodingKey {
            case connection, reason
            case secondsAgo = "seconds_ago"
        }

        init(_ closed: ClosedConnection, now: ContinuousClock.Instant) {
            connection = Connection(closed.summary)
            reason = closed.reason
            secondsAgo = (now - closed.time) / .seconds(1)
        }
    }

    /// - Parameters:
    ///   - list: The open connections to list.
    ///   - closed: The connections that have closed.
    init(_ list: ConnectionList, closed: some Sequence<ClosedConnection>) {
        open = list.open
        connections = list.connections.map { Connection($0) }
        let now = ContinuousClock.now
        self.closed = closed.map { Closed($0, now: now) }
    }

    var json: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(self)
        }
    }
}
