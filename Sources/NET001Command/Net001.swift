import ArgumentParser

/// The command `net001`: the reference server, and clients to try it with.
struct Net001: AsyncParsableCommand {
    /// The version of the package.
    static let version = "1.0.0"

    static let configuration = CommandConfiguration(
        commandName: "net001",
        abstract: "A server for the NET-001 protocol, and clients to try it with.",
        usage: "net001 [<subcommand>] [<options>]",
        discussion: """
            Without a subcommand it serves. Options may also be set in the environment, by their names in capitals \
            with underscores (PORT, MAX_CONNECTIONS); the command line wins.
            """,
        version: "net001 \(version)",
        subcommands: [
            Serve.self, Ping.self, Echo.self, Broadcast.self, Auth.self, Send.self, Listen.self, Load.self,
            HashToken.self, Healthcheck.self,
        ],
        defaultSubcommand: Serve.self
    )
}
