public import ArgumentParser
import FoundationEssentials

/// The command `drain`: starts the graceful shutdown of a running server.
public struct DrainCommand: AsyncParsableCommand {
    /// The name and the help of the command.
    public static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Start the graceful shutdown of a running server, as SIGTERM does.",
        usage: OperatorCommands.usage(of: "drain"),
        discussion: """
            Requires the server's token: --admin-token-file. Exits as soon as the server has started to drain; healthcheck \
            fails from then on.
            """
    )

    @OptionGroup(title: "Metrics") var endpoint: EndpointOptions

    /// The command, as ArgumentParser makes it.
    public init() {}

    /// Starts the graceful shutdown.
    public func run() async throws {
        let client = try endpoint.makeClient(for: "drain", token: .required)
        let answer = try await endpoint.ask { try await client.post("/drain") }
        guard let drain = try? JSONDecoder().decode(AdminActions.Drain.self, from: Data(answer.body.utf8)) else {
            throw answer.refusal
        }
        try Terminal.print(drain.already ? "the server is draining already" : "the server drains")
    }
}
