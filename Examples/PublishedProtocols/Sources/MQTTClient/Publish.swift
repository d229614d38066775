import ArgumentParser
import Switchboard

/// `mqtt-client publish`: publishes a message, or each line of the input.
struct Publish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publishes a message.",
        discussion:
            "Without a message, publishes each line of the input. With QoS 1, waits until the broker has each message."
    )

    @OptionGroup var broker: BrokerOptions

    @Option(help: "Quality of service: 0 or 1.")
    var qos = QoSOption.atMostOnce

    @Flag(help: "Let the broker keep the message for later subscribers.")
    var retain = false

    @Argument(help: "Topic of the message, 1 to 65535 bytes.")
    var topic: String

    @Argument(help: "The message.")
    var message: String?

    func validate() throws {
        guard (1...65_535).contains(topic.utf8.count) else { throw ValidationError("a topic has 1 to 65535 bytes") }
    }

    func run() async throws {
        let connection = try await BrokerConnection(broker)
        var id: UInt16 = 0
        for try await text in messages {
            id = id == .max ? 1 : id + 1
            let message = Bytes(utf8: text)
            try await connection.publish(message, to: topic, id: qos == .atLeastOnce ? id : nil, retain: retain)
        }
        try await connection.disconnect()
    }

    private var messages: AsyncStream<String> {
        guard let message else { return AsyncStream { readLine() } }
        return AsyncStream { continuation in
            continuation.yield(message)
            continuation.finish()
        }
    }
}
