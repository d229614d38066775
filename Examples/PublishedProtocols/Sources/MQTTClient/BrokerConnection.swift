import Switchboard

/// A connection to a broker.
struct BrokerConnection: Sendable {
    /// An answer of the broker that is not what was asked for.
    struct Refusal: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private let client: Client
    private let timeout: Duration

    /// Connects to a broker, and begins or continues a session.
    init(_ options: BrokerOptions) async throws {
        timeout = .seconds(options.timeout)
        var configuration = ClientConfiguration()
        configuration.requestTimeout = timeout
        // A Ping after this time arrives before the keep-alive has passed one and a half times.
        configuration.heartbeatInterval = .seconds(Int(options.keepAlive))
        client = try await Client.connect(
            host: options.host,
            port: options.port,
            speaking: MQTT311.self,
            configuration: configuration
        )
        let connect = MQTT311.Connect(
            willRetain: false,
            willQoS: .atMostOnce,
            clean: !options.keepSession,
            keepAlive: options.keepAlive,
            client: options.id,
            user: options.user,
            password: options.password.map { Bytes(utf8: $0) }
        )
        let result = try await client.request(connect).result
        guard result == .accepted else {
            await client.close()
            throw Refusal("the broker refuses the connection: \(result)")
        }
    }

    /// Publishes a message; with QoS 1, returns when the broker has acknowledged it.
    ///
    /// - Parameter id: Identifies the message, which has QoS 0 if it is `nil`.
    func publish(_ message: Bytes, to topic: String, id: UInt16?, retain: Bool) async throws {
        let header = MQTT311.Header(qos: id == nil ? 0 : 1, retain: retain)
        try await client.send(MQTT311.Publish(topic: topic, id: id, message: message), header: header)
        guard let id else { return }
        try await withTimeout("the broker does not acknowledge the message") {
            for try await answer in client.incoming {
                if let acknowledgement = answer as? MQTT311.PublishAck, acknowledgement.id == id { return }
            }
            throw Refusal("the connection was closed before the broker acknowledged the message")
        }
    }

    /// Subscribes to topics; returns when the broker has granted all of them.
    func subscribe(to filters: [String], _ qos: MQTT311.QoS) async throws {
        let subscriptions = filters.map { MQTT311.Subscription(filter: $0, qos: qos) }
        // Flags that MQTT demands of this packet.
        let header = MQTT311.Header(qos: 1)
        let results = try await client.request(MQTT311.Subscribe(id: 1, subscriptions: subscriptions), header: header)
            .results
        for (filter, result) in zip(filters, results) where result == .failure {
            throw Refusal("the broker refuses the subscription to \(filter)")
        }
    }

    /// Returns the next message of the subscriptions, and acknowledges it.
    ///
    /// - Returns: The message; `nil` if the task is cancelled.
    func receive() async throws -> MQTT311.Publish? {
        for try await message in client.incoming {
            guard let publish = message as? MQTT311.Publish else { continue }
            // A message with an identifier has QoS 1, because the subscriptions ask for no more.
            if let id = publish.id { try await client.send(MQTT311.PublishAck(id: id)) }
            return publish
        }
        return nil
    }

    /// Ends the session's connection: the broker knows that this is no loss.
    func disconnect() async throws {
        try await client.send(MQTT311.Disconnect())
        await client.close()
    }

    /// Calls `body`, and throws an error if it takes longer than the timeout.
    private func withTimeout(_ explanation: String, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw Refusal("\(explanation) within \(timeout)")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
