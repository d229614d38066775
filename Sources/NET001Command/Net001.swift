import ArgumentParser

/// The command `net001`: the reference server, and clients to try it with.
struct Net001: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "net001",
        abstract: "Server for the NET-001 protocol, with client commands to test it.",
        usage: "net001 [<subcommand>] [<options>]",
        discussion: """
            Without a subcommand, net001 runs serve. Most options have an environment variable, which the help of the \
            option names. The command line overrides the environment.
            """,
        version: "net001 \(Version.current)",
        subcommands: [
            Serve.self, Ping.self, Echo.self, Broadcast.self, Auth.self, Send.self, Listen.self, Load.self,
            HashToken.self, Healthcheck.self,
        ],
        defaultSubcommand: Serve.self
    )
}
