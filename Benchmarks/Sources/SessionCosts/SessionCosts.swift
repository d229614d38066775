import ArgumentParser

/// Measures the memory that a server takes for each of its peers.
@main
struct SessionCosts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session-costs",
        abstract: "Measure the memory that a server takes for each peer.",
        discussion: """
            The server is in this process, and its peers are in another one, connected by a Unix-domain socket. A connection needs \
            one descriptor in each process: with fewer than needed (ulimit -n), the number of connections is reduced. The memory \
            of the system for sockets is not included.
            """,
        subcommands: [Measure.self, PeerProcess.self],
        defaultSubcommand: Measure.self
    )
}
