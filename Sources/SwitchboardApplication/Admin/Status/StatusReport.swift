import Foundation
import Switchboard
import SwitchboardServer

/// What the page shows: the state of a server at one moment, as JSON.
struct StatusReport: Encodable {
    /// The server.
    struct Identity: Encodable {
        /// The name of the program.
        let name: String
        /// The name of the protocol.
        let wireProtocol: String
        /// The name of the machine.
        let host: String
        /// The number of the process.
        let process: Int32
        let eventLoops: Int
        /// The largest number of connections.
        let maximumConnections: Int

        init(_ name: String, _ router: Router, _ configuration: ServerConfiguration) {
            self.name = name
            wireProtocol = router.wireProtocol.name
            host = ProcessInfo.processInfo.hostName
            process = ProcessInfo.processInfo.processIdentifier
            eventLoops = configuration.eventLoops
            maximumConnections = configuration.maximumConnections
        }
    }

    /// The connection to other servers.
    struct Backplane: Encodable {
        let state: String
        let problem: String?
    }

    /// The time of the report, in seconds since 1970-01-01 UTC.
    let time: Double
    let server: Identity
    let state: String
    let backplane: Backplane?
    /// The values of all metrics, by name and labels; of a histogram the number of values in each range.
    let metrics: [String: [String: [Double]]]
    /// `nil` for a viewer on another machine.
    let connections: ConnectionReport?

    /// The JSON.
    var json: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return try encoder.encode(self)
        }
    }
}

/// A few totals of a server at one moment, of which the page draws lines.
struct StatusSample: Encodable {
    /// The metrics whose values are kept, summed over their labels.
    static let metrics: [String] =
        [
            ServerMetric.connections, .receivedMessages, .sentMessages, .receivedBytes, .sentBytes, .faults,
            .refusedConnections,
            .rateLimitedMessages, .suspendedHandlers,
        ].map(\.rawValue) + ["process_resident_memory_bytes", "process_open_fds"]

    /// The time of the sample, in seconds since 1970-01-01 UTC.
    let time: Double
    /// The values, in the order of ``metrics``.
    let values: [Double]

    init(time: Double, _ families: [PrometheusFamily]) {
        self.time = time
        let families = Dictionary(families.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        values = Self.metrics.map { name in
            families[name]?.series.values.reduce(0) { $0 + ($1.values.first ?? 0) } ?? 0
        }
    }
}

/// What a page gets first: the samples of the last minutes.
struct StatusHistory: Encodable {
    let metrics = StatusSample.metrics
    /// The upper bounds of the ranges of histograms, in seconds.
    let bounds = PrometheusHistogram.bounds
    let samples: [StatusSample]
}
