import Switchboard

extension PacketHandlers {
    func subscribe(_ message: MQTT.Subscribe, context: Context) throws {
        let client = try context.client
        let requests = try message.subscriptions.map { (filter: try filter($0.filter), qos: $0.qos) }
        let granted = requests.map { broker.subscribe(client, to: $0.filter, $0.qos) }
        let results = granted.map { $0.flatMap { MQTT.SubscribeResult(rawValue: $0.rawValue) } ?? .failure }
        try context.send(MQTT.SubscribeAck(id: message.id, results: results))
        for (request, qos) in zip(requests, granted) {
            if let qos { broker.sendRetained(matching: request.filter, qos, to: client) }
        }
    }

    func unsubscribe(_ message: MQTT.Unsubscribe, context: Context) throws -> MQTT.UnsubscribeAck {
        let client = try context.client
        for text in message.filters { broker.unsubscribe(client, from: try filter(text)) }
        return MQTT.UnsubscribeAck(id: message.id)
    }

    private func filter(_ text: String) throws -> TopicFilter {
        guard let filter = TopicFilter(text, maximumLevels: broker.limits.levels) else {
            throw Violation("a filter is not allowed")
        }
        return filter
    }
}
