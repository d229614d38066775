import Foundation
import Switchboard

/// The connections of a server, as JSON.
struct ConnectionReport: Encodable {
    /// What the connections are sorted by, the largest first.
    enum Order: String, CaseIterable {
        case pending
        case rate
        case age
    }

    /// How many connections are listed unless it is said how many.
    static let defaultLimit = 100

    /// The most connections that are listed.
    static let maximumLimit = 10_000

    /// How many are open, listed or not.
    let open: Int
    let connections: [Connection]
    /// The last to close first.
    let closed: [Closed]

    struct Connection: Encodable {
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

    struct Closed: Encodable {
        let connection: Connection
        let reason: String
        let secondsAgo: Double

        init(_ closed: ClosedConnection, now: ContinuousClock.Instant) {
            connection = Connection(closed.summary)
            reason = closed.reason
            secondsAgo = (now - closed.time) / .seconds(1)
        }
    }

    /// - Parameters:
    ///   - open: All that are open.
    ///   - closed: Those that have closed.
    ///   - order: What the open ones are sorted by.
    ///   - limit: How many of them are listed.
    init(_ open: [ConnectionSummary], closed: [ClosedConnection], order: Order, limit: Int) {
        self.open = open.count
        let sorted =
            switch order {
            case .pending: open.sorted { ($0.pendingOutput, $1.id) > ($1.pendingOutput, $0.id) }
            case .rate: open.sorted { ($0.messageRate, $1.id) > ($1.messageRate, $0.id) }
            case .age: open.sorted { ($0.age, $1.id) > ($1.age, $0.id) }
            }
        connections = sorted.prefix(limit).map { Connection($0) }
        let now = ContinuousClock.now
        self.closed = closed.map { Closed($0, now: now) }
    }

    var json: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(self)
        }
    }
}
