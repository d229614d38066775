import Switchboard

extension PacketHandlers {
    func publish(_ message: MQTT.Publish, context: Context) throws {
        let client = try context.client
        let header = context.header(of: MQTT.self)
        guard let qos = MQTT.QoS(rawValue: header.qos) else { throw Violation("there is no QoS \(header.qos)") }
        // The bytes of the message are in the buffer of the event loop.
        let publication = Publication(
            topic: try broker.topic(message.topic),
            message: message.message.copied(),
            qos: qos
        )
        switch (qos, message.id) {
        case (.atMostOnce, _): broker.publish(publication, retains: header.retain)
        case (_, nil), (_, 0): throw Violation("a Publish with QoS \(header.qos) has no identifier")
        case (.atLeastOnce, let id?):
            broker.publish(publication, retains: header.retain)
            try context.send(MQTT.PublishAck(id: id))
        case (.exactlyOnce, let id?):
            guard let isNew = broker.receive(id, from: client) else {
                throw Violation("too many messages not released")
            }
            if isNew { broker.publish(publication, retains: header.retain) }
            try context.send(MQTT.PublishReceived(id: id))
        }
    }

    func publishRelease(_ message: MQTT.PublishRelease, context: Context) throws {
        broker.release(message.id, from: try context.client)
        try context.send(MQTT.PublishComplete(id: message.id))
    }

    func publishAck(_ message: MQTT.PublishAck, context: Context) throws {
        broker.acknowledge(message.id, from: try context.client)
    }

    func publishReceived(_ message: MQTT.PublishReceived, context: Context) throws {
        throw Violation("the broker sends no message with QoS 2")
    }

    func publishComplete(_ message: MQTT.PublishComplete, context: Context) throws {
        throw Violation("the broker sends no message with QoS 2")
    }
}
