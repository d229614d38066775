import ArgumentParser

@main
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "A chat server with rooms, and its client.",
        subcommands: [Serve.self, Enter.self]
    )
}

/// The address of the server.
struct ServerOptions: ParsableArguments {
    @Option(help: "Host name or address of the server.")
    var host = "127.0.0.1"

    @Option(help: "TCP port of the server.")
    var port = 5003
}
