import ArgumentParser

@main
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Rooms to talk in.",
        subcommands: [Serve.self, Enter.self]
    )
}

/// Where the server is.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server's host.")
    var host = "127.0.0.1"

    @Option(help: "The server's port.")
    var port = 5003
}
