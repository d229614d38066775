import Switchboard

extension Router {
    /// The handlers of MQTT, over a broker.
    static func mqtt(_ broker: Broker) -> Router {
        let handlers = PacketHandlers(broker: broker)
        var router = Router(MQTT.self)
        router.serve(MQTT.Connect.self, handlers.connect)
        router.serve(MQTT.Publish.self, handlers.publish)
        router.serve(MQTT.PublishAck.self, handlers.publishAck)
        router.serve(MQTT.PublishReceived.self, handlers.publishReceived)
        router.serve(MQTT.PublishRelease.self, handlers.publishRelease)
        router.serve(MQTT.PublishComplete.self, handlers.publishComplete)
        router.serve(MQTT.Subscribe.self, handlers.subscribe)
        router.serve(MQTT.Unsubscribe.self, handlers.unsubscribe)
        router.serve(MQTT.Ping.self, handlers.ping)
        router.serve(MQTT.Disconnect.self, handlers.disconnect)
        router.onUnhandled { message, context in
            context.close(after: Violation("clients do not send packets of type \(message.code)"))
        }
        router.onDisconnect { connection, reason in
            // The broker has forgotten the client already if a Disconnect came first.
            guard let client = connection.session[ConnectedClient.Key.self] else { return }
            if broker.disconnect(client, publishesWill: true) {
                connection.logger.info("client lost", metadata: ["reason": "\(reason)"])
            }
        }
        return router
    }

    /// Registers the handler of a message; an error that it throws closes the connection.
    private mutating func serve<Content: Message>(
        _ type: Content.Type,
        _ handler: @escaping @Sendable (Content, Context) throws -> Void
    ) {
        on(type) { message, context in
            do {
                try context.checkFlags(of: type)
                try handler(message, context)
            } catch {
                context.close(after: error)
            }
        }
    }

    /// Registers the handler of a request, whose reply has the flags 0; an error that it throws closes the connection.
    private mutating func serve<Content: Request>(
        _ type: Content.Type,
        _ handler: @escaping @Sendable (Content, Context) throws -> Content.Reply
    ) {
        on(type) { message, context in
            do {
                try context.checkFlags(of: type)
                return Reply(try handler(message, context), header: MQTT.Header())
            } catch {
                context.close(after: error)
                throw error
            }
        }
    }
}

extension Context {
    /// - Throws: A ``Violation`` when the flags in the header are not those of the message.
    fileprivate func checkFlags(of type: any Message.Type) throws {
        guard header(of: MQTT.self).isAllowed(for: type.code) else {
            throw Violation("the flags of \(type.name) are wrong")
        }
    }

    /// Closes the connection because of an error.
    fileprivate func close(after error: any Error) {
        logger.debug("connection refused", metadata: ["error": "\(error)"])
        connection.close()
    }
}

extension MQTT.Header {
    /// Whether a message may have these flags: table 2.2 of MQTT 3.1.1.
    fileprivate func isAllowed(for code: MessageCode) -> Bool {
        switch code {
        case MQTT.Publish.code: qos == 0 ? !duplicate : qos <= 2
        case MQTT.PublishRelease.code, MQTT.Subscribe.code, MQTT.Unsubscribe.code: self == MQTT.Header(qos: 1)
        default: self == MQTT.Header()
        }
    }
}
