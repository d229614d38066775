/// The metrics of a server, by their names in the metrics backend of the program.
///
/// `Docs/Metrics.md` has the dimensions of each metric, and when it is counted.
public enum ServerMetric: String, Sendable, CaseIterable {
    /// Gauge: servers that accept connections.
    case readyServers = "switchboard_ready"
    /// Gauge: open connections.
    case connections = "switchboard_connections"
    /// Gauge: the largest number of connections open at once.
    case connectionLimit = "switchboard_connections_limit"
    /// Counter: connections accepted within the limits.
    case acceptedConnections = "switchboard_connections_accepted_total"
    /// Counter, by `reason`: connections refused because a limit was reached.
    case refusedConnections = "switchboard_connections_refused_total"
    /// Counter, by `reason`: accepted connections that have closed.
    case closedConnections = "switchboard_connections_closed_total"
    /// Counter, by `result`: credentials of peers that a handler has accepted or refused.
    case authentications = "switchboard_authentications_total"
    /// Counter: failed attempts to accept a connection.
    case acceptFailures = "switchboard_accept_failures_total"
    /// Counter, by `message`: messages received from peers.
    case receivedMessages = "switchboard_messages_received_total"
    /// Counter, by `message`: bytes of the frames received from peers.
    case receivedBytes = "switchboard_message_bytes_received_total"
    /// Counter, by `message`: messages sent to peers.
    case sentMessages = "switchboard_messages_sent_total"
    /// Counter, by `message`: bytes of the frames sent to peers.
    case sentBytes = "switchboard_message_bytes_sent_total"
    /// Timer, by `message`: durations of handlers, sampled.
    case handlerDuration = "switchboard_handler_duration_seconds"
    /// Counter, by `fault`: faults of peers, and errors thrown by handlers.
    case faults = "switchboard_faults_total"
    /// Counter, by `message`: messages rejected or dropped because a rate limit was reached.
    case rateLimitedMessages = "switchboard_messages_rate_limited_total"
    /// Gauge: bytes of output that peers have not read yet.
    case pendingOutput = "switchboard_pending_output_bytes"
    /// Gauge, by `message`: suspended handlers.
    case suspendedHandlers = "switchboard_handlers_suspended"
    /// Timer: delays of the event loops' ticks.
    case loopLag = "switchboard_event_loop_lag_seconds"
    /// Counter: event loop hangs detected.
    case loopHangs = "switchboard_event_loop_hangs_total"
    /// Counter, of servers with TLS: TLS handshakes that have succeeded.
    case tlsHandshakes = "switchboard_tls_handshakes_total"
    /// Counter, by `reason`: TLS handshakes that have failed.
    case tlsHandshakeFailures = "switchboard_tls_handshake_failures_total"
    /// Gauge: time at which the certificate of the server expires, in seconds since 1970-01-01 UTC.
    case tlsCertificateExpiry = "switchboard_tls_certificate_expiry_timestamp_seconds"
    /// Gauge, of servers with a backplane: servers whose backplane sends and receives.
    case backplaneUp = "switchboard_backplane_up"
    /// Gauge: other servers on the backplane.
    case backplaneServers = "switchboard_backplane_servers"
    /// Gauge: bytes that the engine of the backplane has not acknowledged.
    case backplaneWaitingBytes = "switchboard_backplane_waiting_bytes"
    /// Timer: times until the engine of the backplane acknowledged an entry, sampled.
    case backplaneRoundTrip = "switchboard_backplane_round_trip_seconds"
    /// Counter: blocks of messages for other servers that were dropped.
    case backplaneDropped = "switchboard_backplane_dropped_total"
    /// Counter: blocks of messages from other servers that did not arrive.
    case backplaneMissed = "switchboard_backplane_missed_total"
    /// Counter: blocks of messages from other servers that arrived more than once, and were delivered once.
    case backplaneDuplicates = "switchboard_backplane_duplicates_total"
    /// Counter: blocks on the backplane that were discarded because they are invalid.
    case backplaneInvalid = "switchboard_backplane_invalid_total"
    /// Counter: lost connections to the engine of the backplane.
    case backplaneDisconnections = "switchboard_backplane_disconnections_total"
    /// Gauge, of servers whose backplane has a store: living servers, including this one.
    case clusterServers = "switchboard_cluster_servers"
    /// Counter: messages refused because of the rate that all servers share.
    case clusterRateLimited = "switchboard_cluster_rate_limited_total"
    /// Counter: attempts to renew the presence of the server that have failed.
    case clusterFailedRenewals = "switchboard_cluster_failed_renewals_total"

    /// The help text of the metric: one sentence.
    public var summary: String {
        switch self {
        case .readyServers: "Servers that accept connections."
        case .connections: "Open connections."
        case .connectionLimit: "Largest number of connections open at once."
        case .acceptedConnections: "Connections accepted within the limits."
        case .refusedConnections: "Connections refused because a limit was reached."
        case .closedConnections: "Accepted connections that have closed."
        case .authentications: "Credentials of peers that a handler has accepted or refused."
        case .acceptFailures: "Failed attempts to accept a connection."
        case .receivedMessages: "Messages received from peers."
        case .receivedBytes: "Bytes of the frames received from peers."
        case .sentMessages: "Messages sent to peers."
        case .sentBytes: "Bytes of the frames sent to peers."
        case .handlerDuration: "Duration of handler calls in seconds, sampled."
        case .faults: "Faults of peers, and errors thrown by handlers."
        case .rateLimitedMessages: "Messages rejected or dropped because a rate limit was reached."
        case .pendingOutput: "Bytes of output that peers have not read yet."
        case .suspendedHandlers: "Suspended handlers."
        case .loopHangs: "Event loop hangs detected."
        case .loopLag: "Delay of event loop ticks in seconds."
        case .tlsHandshakes: "TLS handshakes that have succeeded."
        case .tlsHandshakeFailures: "TLS handshakes that have failed."
        case .tlsCertificateExpiry: "Time at which the TLS certificate expires in seconds since 1970-01-01 UTC."
        case .backplaneUp: "Servers whose backplane sends and receives."
        case .backplaneServers: "Other servers on the backplane."
        case .backplaneWaitingBytes: "Bytes that the engine of the backplane has not acknowledged."
        case .backplaneRoundTrip: "Time until the engine of the backplane acknowledged an entry in seconds, sampled."
        case .backplaneDropped: "Blocks of messages for other servers that were dropped."
        case .backplaneMissed: "Blocks of messages from other servers that did not arrive."
        case .backplaneDuplicates: "Blocks of messages from other servers that arrived more than once."
        case .backplaneInvalid: "Blocks on the backplane that were discarded because they are invalid."
        case .backplaneDisconnections: "Lost connections to the engine of the backplane."
        case .clusterServers: "Living servers of the cluster, including this one."
        case .clusterRateLimited: "Messages refused because of the rate limit of the cluster."
        case .clusterFailedRenewals: "Failed attempts to renew the presence of the server in the cluster."
        }
    }
}
