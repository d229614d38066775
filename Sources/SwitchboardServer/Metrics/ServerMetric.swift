/// The metrics of a server, by their names in the metrics backend of the program.
///
/// `Docs/Metrics.md` has the dimensions of each metric, and when it is counted.
public enum ServerMetric: String, Sendable, CaseIterable {
    /// Gauge: open connections.
    case connections = "switchboard_connections"
    /// Counter: connections accepted within the limits.
    case acceptedConnections = "switchboard_connections_accepted_total"
    /// Counter, by `reason`: connections refused because a limit was reached.
    case refusedConnections = "switchboard_connections_refused_total"
    /// Counter, by `reason`: accepted connections that have closed.
    case closedConnections = "switchboard_connections_closed_total"
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
    /// Gauge: suspended handlers.
    case suspendedHandlers = "switchboard_handlers_suspended"
    /// Timer: delays of the event loops' ticks.
    case loopLag = "switchboard_event_loop_lag_seconds"
    /// Counter: event loop hangs detected.
    case loopHangs = "switchboard_event_loop_hangs_total"

    /// The help text of the metric: one sentence.
    public var summary: String {
        switch self {
        case .connections: "Open connections."
        case .acceptedConnections: "Connections accepted within the limits."
        case .refusedConnections: "Connections refused because a limit was reached."
        case .closedConnections: "Accepted connections that have closed."
        case .acceptFailures: "Failed attempts to accept a connection."
        case .receivedMessages: "Messages received from peers."
        case .receivedBytes: "Bytes of the frames received from peers."
        case .sentMessages: "Messages sent to peers."
        case .sentBytes: "Bytes of the frames sent to peers."
        case .handlerDuration: "Duration of handler calls in seconds, sampled."
        case .faults: "Faults of peers, and errors thrown by handlers."
        case .rateLimitedMessages: "Messages rejected or dropped because a rate limit was reached."
        case .suspendedHandlers: "Suspended handlers."
        case .loopHangs: "Event loop hangs detected."
        case .loopLag: "Delay of event loop ticks in seconds."
        }
    }
}
