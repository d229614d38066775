/// What a server counts, by the names under which it hands it to the metrics backend of the program.
///
/// The dimensions of each, and when it is counted, are in `Docs/Metrics.md`.
public enum ServerMetric: String, Sendable, CaseIterable {
    /// Gauge: connections that are open.
    case connections = "switchboard_connections"
    /// Counter: connections accepted within the limits.
    case acceptedConnections = "switchboard_connections_accepted_total"
    /// Counter, by `reason`: connections refused because a limit was reached.
    case refusedConnections = "switchboard_connections_refused_total"
    /// Counter, by `reason`: accepted connections that have closed.
    case closedConnections = "switchboard_connections_closed_total"
    /// Counter: attempts to accept connections that failed.
    case acceptFailures = "switchboard_accept_failures_total"
    /// Counter, by `message`: messages that came from peers.
    case receivedMessages = "switchboard_messages_received_total"
    /// Counter, by `message`: the bytes of their frames.
    case receivedBytes = "switchboard_message_bytes_received_total"
    /// Counter, by `message`: messages that were sent to peers.
    case sentMessages = "switchboard_messages_sent_total"
    /// Counter, by `message`: the bytes of their frames.
    case sentBytes = "switchboard_message_bytes_sent_total"
    /// Timer, by `message`: how long handlers took, by samples.
    case handlerDuration = "switchboard_handler_duration_seconds"
    /// Counter, by `fault`: faults of peers, and errors that handlers answered with.
    case faults = "switchboard_faults_total"
    /// Counter, by `message`: messages rejected or dropped because a rate limit was reached.
    case rateLimitedMessages = "switchboard_messages_rate_limited_total"
    /// Gauge: suspended handlers.
    case suspendedHandlers = "switchboard_handlers_suspended"
    /// Timer: how late the event loops' ticks were.
    case loopLag = "switchboard_event_loop_lag_seconds"
    /// Counter: event loop hangs detected.
    case loopHangs = "switchboard_event_loop_hangs_total"

    /// What it counts, in a sentence for those who read it elsewhere.
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
        case .faults: "Faults of peers, and errors returned by handlers."
        case .rateLimitedMessages: "Messages rejected or dropped because a rate limit was reached."
        case .suspendedHandlers: "Suspended handlers."
        case .loopHangs: "Event loop hangs detected."
        case .loopLag: "Delay of event loop ticks in seconds."
        }
    }
}
