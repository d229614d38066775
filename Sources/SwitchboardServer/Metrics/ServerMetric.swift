/// What a server counts, by the names under which it hands it to the metrics backend of the program.
///
/// The dimensions of each, and when it is counted, are in `Docs/Metrics.md`.
public enum ServerMetric: String, Sendable, CaseIterable {
    /// Gauge: connections that are open.
    case connections = "switchboard_connections"
    /// Counter: connections that were accepted and given a place.
    case acceptedConnections = "switchboard_connections_accepted_total"
    /// Counter, by `reason`: connections that were told that there is no place for them.
    case refusedConnections = "switchboard_connections_refused_total"
    /// Counter, by `reason`: connections that had a place and have closed.
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
    /// Counter, by `message`: messages that were not handled because there were too many in a second.
    case rateLimitedMessages = "switchboard_messages_rate_limited_total"
    /// Gauge: handlers that wait for something.
    case awaitedHandlers = "switchboard_handlers_awaited"
    /// Timer: how late the event loops' ticks were.
    case loopLag = "switchboard_event_loop_lag_seconds"
    /// Counter: event loops that were seen to hang.
    case loopHangs = "switchboard_event_loop_hangs_total"

    /// What it counts, in a sentence for those who read it elsewhere.
    public var summary: String {
        switch self {
        case .connections: "Connections that are open."
        case .acceptedConnections: "Connections that were accepted and given a place."
        case .refusedConnections: "Connections that were told that there is no place for them."
        case .closedConnections: "Connections that had a place and have closed."
        case .acceptFailures: "Attempts to accept connections that failed."
        case .receivedMessages: "Messages that came from peers."
        case .receivedBytes: "Bytes of the frames that came from peers."
        case .sentMessages: "Messages that were sent to peers."
        case .sentBytes: "Bytes of the frames that were sent to peers."
        case .handlerDuration: "How long handlers took, by samples."
        case .faults: "Faults of peers, and errors that handlers answered with."
        case .rateLimitedMessages: "Messages not handled because too many came in a second."
        case .awaitedHandlers: "Handlers that wait for something."
        case .loopHangs: "Event loops that were seen to hang."
        case .loopLag: "How late the ticks of the event loops were."
        }
    }
}
