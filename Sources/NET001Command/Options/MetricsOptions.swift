import ArgumentParser
import CoreMetrics
import Logging
import Switchboard

/// Where metrics are served.
struct MetricsOptions: ParsableArguments {
    @Option(
        help: """
            The address to serve metrics on, over HTTP. (environment: METRICS_HOST; default: 127.0.0.1)
            """
    )
    var metricsHost: String?

    @Option(
        parsing: .unconditional,
        help: """
            The port to serve metrics on; 0 takes any that is free. (environment: METRICS_PORT; default: 1000 more than \
            the server's port)
            """
    )
    var metricsPort: String?

    @Flag(help: "Serve no metrics. (environment: NO_METRICS)")
    var noMetrics = false

    /// How much higher the port is than the server's, unless it is said.
    private static let portDistance = 1000

    /// Whether no metrics are served.
    var isOff: Bool {
        get throws { try noMetrics || EnvironmentVariable.flag("NO_METRICS") }
    }

    /// What keeps the metrics, in place for all that is made from now on; `nil` when none are to be kept.
    func makeFactory() throws -> PrometheusFactory? {
        if try isOff { return nil }
        let help = Dictionary(
            ServerMetric.allCases.map { ($0.rawValue, $0.summary) },
            uniquingKeysWith: { first, _ in first }
        )
        let factory = PrometheusFactory(help: help.merging(ProcessStatistics.help) { first, _ in first })
        MetricsSystem.bootstrap(factory)
        return factory
    }

    /// What shows them for `server`.
    func makeService(_ factory: PrometheusFactory, for server: Server, logger: Logger) throws -> AdminServer {
        let address = try address(serverPort: server.configuration.port)
        let handler = AdminHandler(
            server: server,
            metrics: factory,
            process: ProcessStatistics(factory: factory)
        )
        return AdminServer(host: address.host, port: address.port, server: server, handler: handler, logger: logger)
    }

    /// Where metrics are served beside a server at `serverPort`; port 0 stands for any that is free.
    func address(serverPort: Int) throws -> AdminAddress {
        let host = try hostSetting.string() ?? "127.0.0.1"
        let port = try portSetting.integer(0...65_535) ?? Self.defaultPort(serverPort)
        return AdminAddress(host: host, port: port)
    }

    /// Where metrics are served, as it was given.
    var settings: [Setting] { [hostSetting, portSetting] }

    private var hostSetting: Setting { Setting("--metrics-host", metricsHost, variable: "METRICS_HOST") }

    private var portSetting: Setting { Setting("--metrics-port", metricsPort, variable: "METRICS_PORT") }

    /// A free port beside one that the system chooses, or that has none so much higher.
    private static func defaultPort(_ serverPort: Int) -> Int {
        serverPort > 0 && serverPort <= 65_535 - portDistance ? serverPort + portDistance : 0
    }
}
