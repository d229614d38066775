import ArgumentParser
import Switchboard
import SwitchboardApplication

struct Healthcheck: AsyncParsableCommand, ReadsSomeSettings {
    static let configuration = CommandConfiguration(
        abstract: "Check that the server on this machine is ready.",
        usage: "net001 healthcheck [<options>]",
        discussion: """
            Requests /readyz from the metrics port, independent of TLS and of the server's limits. Use the same options, \
            variables and --config file as for serve. Exits with 0 when the server accepts connections, with 1 otherwise.
            """
    )

    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup(title: "Metrics") var metrics: MetricsOptions

    @Option(
        Setting(
            "port",
            "PORT",
            .between(0, 65_535),
            default: ServerConfiguration().port,
            "TCP port of the server, from which the default of --metrics-port is derived."
        )
    )
    var port: Setting<Int>

    @Option(
        Setting(
            "timeout",
            nil,
            .moreThan(.zero).atMost(.seconds(3600)),
            default: .seconds(2),
            "Seconds allowed to connect, and for the response."
        )
    )
    var timeout: Setting<Duration>

    func run() async throws {
        let timeout = try timeout.value()
        guard try !metrics.isOff else {
            throw CommandError("healthcheck requires the metrics port: unset NO_METRICS and omit --no-metrics")
        }
        let serverPort = try port.value()
        let address = try metrics.address(serverPort: serverPort)
        guard address.port != 0 else {
            throw CommandError(
                "the metrics port is unknown because the system selects it: set --metrics-port (METRICS_PORT)"
            )
        }
        let answer = try await ask(AdminClient(address: address, timeout: timeout))
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
