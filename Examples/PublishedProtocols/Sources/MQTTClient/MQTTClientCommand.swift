import ArgumentParser

/// `mqtt-client`: publishes messages, or subscribes to topics.
@main
struct MQTTClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mqtt-client",
        abstract: "A client for brokers of MQTT 3.1.1.",
        subcommands: [Publish.self, Subscribe.self]
    )
}
