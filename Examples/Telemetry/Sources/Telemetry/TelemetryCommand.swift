import ArgumentParser

@main
struct TelemetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "telemetry",
        abstract: "Stores sensor readings in a database.",
        subcommands: [Serve.self, Simulate.self, Report.self]
    )
}

/// The address of the server.
struct ServerOptions: ParsableArguments {
    @Option(help: "Host name or address of the server.")
    var host = "127.0.0.1"

    @Option(help: "TCP port of the server.")
    var port = 5002
}
