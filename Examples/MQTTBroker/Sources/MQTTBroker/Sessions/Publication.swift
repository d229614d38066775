import Switchboard

/// A message of a client, as the broker keeps it.
struct Publication: Sendable {
    let topic: Topic

    /// The content, in memory of its own.
    let message: Bytes

    let qos: MQTT.QoS

    /// Whether the message is sent as a retained one: because a client has subscribed, and not because another has published.
    var isRetained = false

    /// The number of bytes that the limits count.
    var byteCount: Int { topic.name.byteCount + message.count }
}

/// A Publish for a subscriber.
struct OutgoingPublish: Sendable {
    let message: MQTT.Publish
    let header: MQTT.Header

    /// A Publish with QoS 1, or with QoS 0 if `id` is `nil`.
    init(_ publication: Publication, id: UInt16?, isDuplicate: Bool = false) {
        message = MQTT.Publish(topic: publication.topic.name.text, id: id, message: publication.message)
        header = MQTT.Header(duplicate: isDuplicate, qos: id == nil ? 0 : 1, retain: publication.isRetained)
    }
}
