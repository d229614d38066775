import Switchboard

extension Router {
    /// The handlers of MQTT, over a broker.
    static func mqtt(_ broker: Broker) -> Router {
        let handlers = PacketHandlers(broker: broker)
        var router = Router(MQTTPackets.self)
        router.serve(MQTT.Connect.self, handlers.connect)
        router.serve(MQTT.Publish.self, handlers.publish)
        router.serve(MQTT.PublishAck.self, handlers.publishAck)
        router.serve(MQTT.PublishReceived.self, handlers.publishReceived)
        router.serve(MQTT.PublishRelease.self, handlers.publishRelease)
        router.serve(MQTT.PublishComplete.self, handlers.publishComplete)
        router.serve(MQTT.Subscribe.self, handlers.subscribe)
        router.serve(MQTT.Unsubscribe.self, handlers.unsubscribe)
        router.serve(MQTT.Ping.self) { ping, context in try context.send(handlers.ping(ping, context: context)) }
        router.serve(MQTT.Disconnect.self, handlers.disconnect)
        router.onUnhandled { message, context in
            context.close(after: Violation("clients do not send packets of type \(message.code)"))
        }
        router.onDisconnect { connection in
            // The broker has forgotten the client already if a Disconnect came first.
            guard let client = connection.session[ConnectedClient.Key.self] else { return }
            broker.disconnect(client, publishesWill: true)
        }
        return router
    }

    /// Registers the handler of a message; an error that it throws closes the connection.
    private mutating func serve<Content: Message>(
        _ type: Content.Type,
        _ handler: @escaping @Sendable (Content, Context) throws -> Void
    ) {
        on(Packet<Content>.self) { packet, context in
            do {
                context.session[ConnectedClient.Key.self]?.notePacket()
                try handler(packet.content(context), context)
            } catch {
                context.close(after: error)
            }
        }
    }
}

extension Context {
    /// Closes the connection because of an error.
    fileprivate func close(after error: any Error) {
        logger.debug("connection refused", metadata: ["error": "\(error)"])
        connection.close()
    }
}
