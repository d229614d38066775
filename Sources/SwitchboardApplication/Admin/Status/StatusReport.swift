import FoundationEssentials
import Switchboard
import SwitchboardServer

/// What the page and the commands show: the state of a server at one moment, as JSON.
struct StatusReport: Codable {
    /// The server.
    struct Identity: Codable {
        /// The name of the program.
        let name: String
        /// The name of the protocol.
        let wireProtocol: String
        /// The name of the machine.
        let host: String
        /// The number of the process.
        let process: Int32
        let eventLoops: Int
        /// The largest number of connections, which SIGHUP may change.
        private(set) var maximumConnections: Int

        init(_ name: String, _ router: Router, _ configuration: ServerConfiguration) {
            self.name = name
            wireProtocol = router.wireProtocol.name
            host = ProcessInfo.processInfo.hostName
            process = ProcessInfo.processInfo.processIdentifier
            eventLoops = configuration.eventLoops
            maximumConnections = configuration.maximumConnections
        }

        private enum CodingKeys: String, CodingKey {
            case name
            case wireProtocol = "wire_protocol"
            case host, process
            case eventLoops = "event_loops"
            case maximumConnections = "maximum_connections"
        }

        /// Returns the identity with the limit of `configuration`.
        func with(_ configuration: ServerConfiguration) -> Identity {
            var identity = self
            identity.maximumConnections = configuration.maximumConnections
            return identity
        }
    }

    /// The connection to other servers.
    struct Backplane: Codable {
        let state: String
        let problem: String?
    }

    /// The time of the report, in seconds since 1970-01-01 UTC.
    let time: Double
    let server: Identity
    /// Whether the server closes connections and drains on request.
    let actions: Bool
    let state: String
    let backplane: Backplane?
    /// The values of all metrics, by name and labels; of a histogram the number of values in each range.
    let metrics: [String: [String: [Double]]]
    /// `nil` in a report without users and addresses.
    let connections: ConnectionReport?

    /// The JSON.
    var json: Data {
        get throws { try JSONEncoder().encode(self) }
    }

    /// Returns the report in `json`.
    ///
    /// - Throws: A `DecodingError` when it is none of this version.
    static func decoded(from json: Data) throws -> StatusReport {
        try JSONDecoder().decode(StatusReport.self, from: json)
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
