import ArgumentParser
import Switchboard

struct Healthcheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that the server on this machine is ready.",
        discussion: """
            Asks /readyz on the metrics port, so that neither TLS nor the server's limits matter. The options and \
            variables are those of serve. Exits with 0 when the server accepts connections, with 1 otherwise.
            """
    )

    @OptionGroup(title: "Metrics") var metrics: MetricsOptions

    @Option(
        help:
            "The server's TCP port, which the default of --metrics-port depends on. (environment: PORT; default: 5000)"
    )
    var port: Int?

    @Option(help: "Seconds allowed to connect and to get the answer.")
    var timeout = 2.0

    /// The longest time that `--timeout` takes, in seconds.
    private static let maximumTimeout = 3600.0

    func validate() throws {
        guard timeout > 0, timeout <= Self.maximumTimeout else {
            throw ValidationError("--timeout must be more than 0 and at most 3600 seconds.")
        }
    }

    func run() async throws {
        guard try !metrics.isOff else {
            throw HealthcheckError("NO_METRICS is set: healthcheck asks the metrics port, which is not served then")
        }
        var configuration = ServerConfiguration()
        try configuration.set(\.port, port, "PORT")
        let address = try metrics.address(serverPort: configuration.port)
        guard address.port != 0 else {
            throw HealthcheckError("the metrics port is one that the system chooses: set --metrics-port (METRICS_PORT)")
        }
        let answer = try await AdminClient(address: address, timeout: .seconds(timeout)).get("/readyz")
        let text = answer.body.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard answer.status == 200 else {
            throw HealthcheckError("not ready: /readyz answered with status \(answer.status) (\(text.prefix(100)))")
        }
        Terminal.print(text)
    }
}

/// The server is not ready, or cannot be asked.
private struct HealthcheckError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
