import ArgumentParser

@main
struct TelemetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "telemetry",
        abstract: "Collects readings of sensors in a database.",
        subcommands: [Serve.self, Simulate.self, Report.self]
    )
}

/// Where the server is.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server's host.")
    var host = "127.0.0.1"

    @Option(help: "The server's port.")
    var port = 5002
}
