/// The limits of the broker.
///
/// The limits of packets, topics and filters are in `protocol.yaml`, those of connections in `ServerConfiguration+MQTT.swift`.
struct Limits: Sendable {
    /// The number of sessions, with and without a connection.
    ///
    /// At the limit, a new session replaces the session whose client has been away longest. If all clients are connected, the broker
    /// refuses the new client.
    var sessions = 10_000

    /// The number of bytes of a client identifier.
    var clientIDBytes = 128

    /// The number of subscriptions of a session; the broker answers further filters with a failure.
    var subscriptions = 100

    /// The number of levels of a topic or a filter.
    var levels = 32

    /// The number of messages with QoS 1 that a client has received and not acknowledged, at most 65,535; further messages wait in the
    /// queue of the session.
    var inflightMessages = 20

    /// The number of messages in the queue of a session; further messages to the session are dropped.
    var queuedMessages = 1000

    /// The number of bytes of the messages in the queue of a session; further messages to the session are dropped.
    var queuedBytes = 4 * 1024 * 1024

    /// The number of messages with QoS 2 that a client has sent and not released; a further message closes its connection.
    var unreleasedMessages = 100

    /// The number of retained messages; messages to further topics are delivered, and not retained.
    var retainedMessages = 10_000

    /// The number of bytes of all retained messages; a message above it is delivered, and not retained.
    var retainedBytes = 64 * 1024 * 1024
}
