import ArgumentParser
import Switchboard

struct Healthcheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that the server on this machine is ready.",
        usage: "net001 healthcheck [<options>]",
        discussion: """
            Asks /readyz on the metrics port, so that neither TLS nor the server's limits matter. The options and \
            variables are those of serve. Exits with 0 when the server accepts connections, with 1 otherwise.
            """
    )

    @OptionGroup(title: "Metrics") var metrics: MetricsOptions

    @Option(
        parsing: .unconditional,
        help:
            "The server's TCP port, which the default of --metrics-port depends on. (environment: PORT; default: 5000)"
    )
    var port: String?

    @Option(parsing: .unconditional, help: "Seconds allowed to connect and to get the answer. (default: 2)")
    var timeout: String?

    /// The longest time that `--timeout` takes, in seconds.
    private static let maximumTimeout = 3600.0

    func run() async throws {
        let timeout = try Setting("--timeout", timeout)
            .number(0...Self.maximumTimeout, unit: "seconds", excludesZero: true)
        guard try !metrics.isOff else {
            throw CommandError("NO_METRICS is set: healthcheck asks the metrics port, which is not served then")
        }
        let serverPort = try Setting("--port", port, variable: "PORT").integer(0...65_535)
        let address = try metrics.address(serverPort: serverPort ?? ServerConfiguration().port)
        guard address.port != 0 else {
            throw CommandError("the metrics port is one that the system chooses: set --metrics-port (METRICS_PORT)")
        }
        let answer = try await ask(AdminClient(address: address, timeout: .seconds(timeout ?? 2)))
        let text = answer.body.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard answer.status == 200 else {
            throw CommandError("not ready: /readyz answered with status \(answer.status) (\(text.prefix(100)))")
        }
        try Terminal.print(Bytes(utf8: text).printable)
    }

    private func ask(_ client: AdminClient) async throws -> (status: Int, body: String) {
        do {
            return try await client.get("/readyz")
        } catch {
            throw metrics.settings.naming(in: error)
        }
    }
}
