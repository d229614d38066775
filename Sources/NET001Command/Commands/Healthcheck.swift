import ArgumentParser
import Switchboard

struct Healthcheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that the server on this machine is ready.",
        usage: "net001 healthcheck [<options>]",
        discussion: """
            Requests /readyz from the metrics port, independent of TLS and of the server's limits. Use the same options \
            and variables as for serve. Exits with 0 when the server accepts connections, with 1 otherwise.
            """
    )

    @OptionGroup(title: "Metrics") var metrics: MetricsOptions

    @Option(
        Setting(
            "port",
            "PORT",
            "TCP port of the server, from which the default of --metrics-port is derived.",
            default: "\(ServerConfiguration().port)"
        )
    )
    var port: Setting

    @Option(Setting("timeout", nil, "Seconds allowed to connect, and for the response.", default: "2", unit: "s"))
    var timeout: Setting

    /// The longest time that `--timeout` takes, in seconds.
    private static let maximumTimeout = 3600.0

    func run() async throws {
        let timeout = try timeout.number(0...Self.maximumTimeout, unit: "seconds", excludesZero: true)
        guard try !metrics.isOff else {
            throw CommandError("healthcheck requires the metrics port: unset NO_METRICS and omit --no-metrics")
        }
        let serverPort = try port.integer(0...65_535)
        let address = try metrics.address(serverPort: serverPort)
        guard address.port != 0 else {
            throw CommandError(
                "the metrics port is unknown because the system selects it: set --metrics-port (METRICS_PORT)"
            )
        }
        let answer = try await ask(AdminClient(address: address, timeout: .seconds(timeout)))
        let text = answer.body.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard answer.status == 200 else {
            throw CommandError("not ready: /readyz answered with status \(answer.status) (\(text.prefix(100)))")
        }
        try Terminal.print(text.visible)
    }

    private func ask(_ client: AdminClient) async throws -> (status: Int, body: String) {
        do {
            return try await client.get("/readyz")
        } catch {
            throw metrics.settings.naming(in: error)
        }
    }
}
