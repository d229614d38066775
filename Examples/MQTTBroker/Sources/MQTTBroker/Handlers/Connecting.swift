import Switchboard

extension PacketHandlers {
    func connect(_ message: MQTT.Connect, context: Context) throws {
        guard context.session[ConnectedClient.Key.self] == nil else { throw Violation("a second Connect") }
        guard let request = message.client else {
            return try context.refuse(.unacceptableVersion, "the level of the protocol is \(message.level), and not 4")
        }
        guard message.protocol == "MQTT", message.rest.isEmpty else { throw Violation("Connect is malformed") }
        let id = ExactText(request.id.isEmpty ? Self.randomID : request.id)
        guard request.clean || !request.id.isEmpty else {
            return try context.refuse(.identifierRejected, "the identifier of a session to keep is empty")
        }
        guard id.byteCount <= broker.limits.clientIDBytes, !id.hasNull else {
            return try context.refuse(.identifierRejected, "the identifier is too long, or has the character U+0000")
        }
        let client = ConnectedClient(id: id, context.connection, will: try will(of: request))
        guard let isPresent = broker.connect(client, isClean: request.clean) else {
            return try context.refuse(.serverUnavailable, "there are \(broker.limits.sessions) sessions")
        }
        context.session[ConnectedClient.Key.self] = client
        // From now on, the limits for peers that have not authenticated do not apply.
        context.session.identity = .init(user: id.text)
        // One and a half times the keep-alive; 0 disables both.
        context.connection.setIdleTimeout(.milliseconds(1500) * Int(request.keepAlive))
        try context.send(MQTT.ConnectAck(sessionPresent: isPresent, result: .accepted))
        broker.resume(client)
    }

    func disconnect(_ message: MQTT.Disconnect, context: Context) throws {
        _ = broker.disconnect(try context.client, publishesWill: false)
        context.connection.close()
    }

    /// An identifier for a client without one, which other clients cannot guess.
    private static var randomID: String { "anonymous-" + String(UInt64.random(in: .min ... .max), radix: 16) }

    private func will(of request: MQTT.Client) throws -> Will? {
        guard let topic = request.willTopic, let message = request.will else {
            guard request.willQoS == .atMostOnce, !request.willRetain else {
                throw Violation("flags of a will without a will")
            }
            return nil
        }
        let publication = Publication(topic: try broker.topic(topic), message: message.copied(), qos: request.willQoS)
        return Will(publication: publication, retains: request.willRetain)
    }
}

extension Context {
    /// Refuses a client, and closes its connection.
    fileprivate func refuse(_ result: MQTT.ConnectResult, _ reason: String) throws {
        try send(MQTT.ConnectAck(sessionPresent: false, result: result))
        throw Violation(reason)
    }
}

extension Broker {
    /// Returns the topic with a name.
    ///
    /// - Throws: A ``Violation`` when it is not allowed, or begins with `$`: such topics belong to the broker.
    func topic(_ name: String) throws -> Topic {
        guard let topic = Topic(name, maximumLevels: limits.levels), !topic.isReserved else {
            throw Violation("the topic is not allowed")
        }
        return topic
    }
}
