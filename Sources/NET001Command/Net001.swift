import ArgumentParser

/// The command `net001`: the reference server, and clients to try it with.
struct Net001: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "net001",
        abstract: "A server for the NET-001 protocol, and clients to try it with.",
        discussion: """
            Without a subcommand it serves. Options may also be set in the environment, by their names in capitals \
            with underscores (PORT, MAX_CONNECTIONS); the command line wins.
            """,
        subcommands: [
            Serve.self, Ping.self, Echo.self, Broadcast.self, Auth.self, Send.self, Listen.self, Load.self,
            HashToken.self, Healthcheck.self,
        ],
        defaultSubcommand: Serve.self
    )
}
