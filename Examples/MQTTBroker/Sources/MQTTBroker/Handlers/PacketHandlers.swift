import Switchboard

/// Handles the packets of clients; an error that a handler throws closes the connection.
struct PacketHandlers: MQTT.Service {
    let broker: Broker

    func ping(_ message: MQTT.Ping, context: Context) throws -> MQTT.Pong {
        _ = try context.client
        return MQTT.Pong()
    }
}

extension Context {
    /// The client of the connection.
    ///
    /// - Throws: A ``Violation`` before the Connect.
    var client: ConnectedClient {
        get throws {
            guard let client = session[ConnectedClient.Key.self] else {
                throw Violation("the first packet is not a Connect")
            }
            return client
        }
    }
}
