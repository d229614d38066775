import ArgumentParser

@main
struct MQTTBrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mqtt-broker",
        abstract: "An MQTT 3.1.1 broker.",
        subcommands: [Serve.self]
    )
}
