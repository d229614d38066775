public import ArgumentParser
import Switchboard

/// The command `healthcheck`: checks that the server on this machine is ready, as the health check of a container.
public struct HealthcheckCommand: AsyncParsableCommand {
    /// The name and the help of the command.
    public static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Check that the server on this machine is ready.",
        usage: OperatorCommands.usage(of: "healthcheck"),
        discussion: """
            Requests /readyz from the metrics port, independent of TLS and of the server's limits. Use the same options, \
            variables and --config file as for the server. Exits with 0 when the server accepts connections, with 1 otherwise.
            """
    )

    @OptionGroup(title: "Metrics") var endpoint: EndpointOptions

    /// The command, as ArgumentParser makes it.
    public init() {}

    /// Checks the server.
    public func run() async throws {
        let client = try endpoint.makeClient(for: "healthcheck", token: .none)
        let answer = try await endpoint.ask { try await client.get("/readyz") }
        guard answer.status == 200 else {
            throw CommandError("not ready: /readyz answered with status \(answer.status) (\(answer.line))")
        }
        try Terminal.print(answer.line)
    }
}
