import ArgumentParser
import Switchboard
import SwitchboardApplication

@main
struct TelemetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "telemetry",
        abstract: "Stores sensor readings in a database.",
        subcommands: [Serve.self, Simulate.self, Report.self, Measure.self]
    )
    static func main() async {
        ServerOptions.defaults = ServerConfiguration(port: 5002)
        await main(nil)
    }
}

/// The address of the server, for a client.
struct ServerAddress: ParsableArguments {
    @Option(help: "Host name or address of the server.")
    var host = ServerOptions.defaults.host

    @Option(help: "TCP port of the server.")
    var port = ServerOptions.defaults.port
}
