import ArgumentParser
import CoreMetrics
import Switchboard

/// `mqtt-broker serve`: runs the broker.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs the broker until Ctrl-C.")

    @Option(help: "Address to listen on, or host name.")
    var host = "127.0.0.1"

    @Option(help: "TCP port to listen on.")
    var port = 1883

    @Option(help: "Seconds between updates of the $SYS topics, 1 to 3600.")
    var systemInterval = 10

    func validate() throws {
        guard (1...3600).contains(systemInterval) else { throw ValidationError("--system-interval must be 1 to 3600") }
    }

    func run() async throws {
        let values = MetricValues()
        // Before the server and the broker make their metrics.
        MetricsSystem.bootstrap(values)
        let broker = Broker()
        let server = try Server(.mqtt(broker), configuration: .mqtt(host: host, port: port))
        let systemTopics = SystemTopics(values: values, broker: broker, interval: .seconds(systemInterval))
        let publishing = Task { try await systemTopics.run() }
        defer { publishing.cancel() }
        try await server.run()
    }
}
