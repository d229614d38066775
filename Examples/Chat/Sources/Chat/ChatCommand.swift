import ArgumentParser
import Switchboard
import SwitchboardApplication

@main
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "A chat server with rooms, and its client.",
        subcommands: [Serve.self, Enter.self, ConfigCommand<Serve>.self] + OperatorCommands.all
    )
    static func main() async {
        ServerOptions.defaults = ServerConfiguration(port: 5003)
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
