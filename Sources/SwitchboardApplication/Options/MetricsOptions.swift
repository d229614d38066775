import ArgumentParser
import CoreMetrics
import Logging
import Switchboard

/// The metrics endpoint: its address, and the token for actions.
struct MetricsOptions: SettingGroup {
    static let title = "Metrics"

    @Option(
        Setting(
            "metrics-host",
            "METRICS_HOST",
            default: ServerConfiguration().host,
            "Address to serve metrics on, over HTTP."
        )
    )
    var metricsHost: Setting<String>

    @Option(
        Setting(
            "metrics-port",
            "METRICS_PORT",
            .between(0, 65_535),
            shown: "port + \(MetricsOptions.portDistance)",
            "TCP port to serve metrics on. 0 selects a free port."
        )
    )
    var metricsPort: Setting<Int>

    @Option(
        Setting(
            "metrics-socket",
            "METRICS_SOCKET",
            isPath: true,
            "Path of a Unix-domain socket to serve metrics on instead of --metrics-host and --metrics-port."
        )
    )
    var metricsSocket: Setting<String>

    @Option(
        Setting(
            "metrics-socket-mode",
            "METRICS_SOCKET_MODE",
            .between(0, 0o777),
            default: ServerConfiguration().unixSocketMode,
            "Permissions of the Unix-domain socket for metrics, in octal."
        )
    )
    var metricsSocketMode: Setting<UInt16>

    @Option(
        Setting(
            "admin-token-file",
            "ADMIN_TOKEN_FILE",
            isPath: true,
            """
            File with the token that closing connections and draining over HTTP requires: 16 to 256 characters of printable \
            ASCII. Without it, the server refuses both.
            """
        )
    )
    var adminTokenFile: Setting<String>

    private static let noMetricsSwitch = Switch("no-metrics", "NO_METRICS", "Disable metrics.")

    static var switches: [String: Switch] { ["noMetrics": noMetricsSwitch] }

    @Flag(MetricsOptions.noMetricsSwitch)
    var noMetrics: Bool

    /// The default distance of the metrics port from the server's port.
    private static let portDistance = 1000

    /// The flag that disables metrics, as it is given.
    var offSwitch: Switch { Self.noMetricsSwitch.given(noMetrics) }

    /// Whether metrics are disabled.
    var isOff: Bool {
        get throws { try Self.noMetricsSwitch.isOn(noMetrics) }
    }

    /// Returns the metrics backend, which is installed for everything that is made later; `nil` when metrics are disabled.
    ///
    /// - Throws: A `ValidationError` when metrics are disabled, and the token of their endpoint is set.
    func makeFactory() throws -> PrometheusFactory? {
        try checkToken(readsFile: false)
        return try isOff ? nil : Self.factory
    }

    /// The metrics backend of the process, which swift-metrics allows to install once.
    private static let factory: PrometheusFactory = {
        let help = Dictionary(
            ServerMetric.allCases.map { ($0.rawValue, $0.summary) },
            uniquingKeysWith: { first, _ in first }
        )
        let factory = PrometheusFactory(help: help.merging(ProcessStatistics.help) { first, _ in first })
        MetricsSystem.bootstrap(factory)
        return factory
    }()

    /// Makes the metrics endpoint of `server`.
    ///
    /// - Parameter port: The setting of the server's port.
    func makeAdminServer(
        _ factory: PrometheusFactory,
        for server: Server,
        port: Setting<Int>,
        _ identity: StatusReport.Identity,
        _ backplane: BackplaneOptions,
        token: AdminToken?,
        logger: Logger
    ) throws -> AdminServer {
        let address = try address(serverPort: server.configuration.port, from: port)
        let handler = AdminHandler(
            server: server,
            identity,
            requiresBackplane: try backplane.isRequired,
            metrics: factory,
            process: ProcessStatistics(factory: factory),
            access: AdminAccess(token: token, hosts: [address.host, identity.host].compactMap(\.self), logger: logger),
            logger: logger
        )
        return AdminServer(
            address: address,
            socketMode: try metricsSocketMode.value(),
            handler: handler,
            logger: logger
        )
    }

    /// Reads the token for actions.
    ///
    /// - Returns: The token; `nil` when no file is set.
    /// - Throws: An error that names the option or the environment variable of a file that cannot be used.
    func readToken() throws -> AdminToken? {
        guard let path = try adminTokenFile.givenValue() else { return nil }
        do {
            return try AdminToken(path: path)
        } catch {
            throw [adminTokenFile].naming(in: error)
        }
    }

    /// Checks that the token for actions can be used.
    ///
    /// - Parameter readsFile: Whether to read the file.
    /// - Throws: What ``readToken()`` throws; a `ValidationError` when metrics are disabled.
    func checkToken(readsFile: Bool) throws {
        guard try adminTokenFile.givenValue() != nil else { return }
        if try isOff {
            throw adminTokenFile.error("requires the metrics endpoint: omit \(Self.noMetricsSwitch.names)")
        }
        if readsFile { _ = try readToken() }
    }

    /// Returns the token for a client; `nil` when no file is set.
    ///
    /// - Throws: What ``readToken()`` throws.
    func tokenText() throws -> String? {
        guard let path = try adminTokenFile.givenValue() else { return nil }
        do {
            return try AdminToken.text(at: path, isForAdministrator: true)
        } catch {
            throw [adminTokenFile].naming(in: error)
        }
    }

    /// The settings of the address.
    var place: [any SettingSource] { metricsSocket.text == nil ? [metricsHost, metricsPort] : [metricsSocket] }

    /// Returns the address of the metrics endpoint of a server at `serverPort`; port 0 selects a free port.
    ///
    /// - Parameter setting: The setting of the server's port, for errors.
    /// - Throws: A `ValidationError` when both a socket and a port are set, the server's port is too high for the default of the
    ///   metrics port, or a text is not a value that is allowed.
    func address(serverPort: Int, from setting: Setting<Int>) throws -> AdminAddress {
        guard let path = try metricsSocket.givenValue() else {
            let port = try metricsPort.givenValue() ?? defaultPort(serverPort, from: setting)
            return .tcp(host: try metricsHost.value(), port: port)
        }
        // The host may come with the system: the container image sets it.
        guard metricsPort.text == nil else {
            throw metricsSocket.error("replaces the metrics port: omit \(metricsPort.origin)")
        }
        return .unixSocket(path: path)
    }

    /// Checks that the endpoint can have its address beside a server with `configuration`.
    ///
    /// - Parameter setting: The setting of the server's port, for errors.
    /// - Throws: A `ValidationError` when both have the same address, the server's port is too high for the default of the metrics
    ///   port, or a text is not a value that is allowed; an error that names the option or the environment variable of a path that
    ///   no socket can have.
    func checkAddress(of configuration: ServerConfiguration, port setting: Setting<Int>) throws {
        guard try !isOff else { return }
        switch try address(serverPort: configuration.port, from: setting) {
        case .unixSocket(let path):
            do { _ = try SocketAddress(unixSocketPath: path) } catch { throw place.naming(in: error) }
            if path == configuration.unixSocketPath { throw metricsSocket.error("must differ from --unix-socket") }
        case .tcp(let host, let port):
            guard port > 0, port == configuration.port, host == configuration.host, configuration.unixSocketPath == nil
            else { return }
            throw metricsPort.error("must differ from --port")
        }
    }

    /// The highest port of a server that leaves a default port for metrics.
    private static let highestServerPort = 65_535 - portDistance

    /// Returns the default port; 0 when the server's port is 0.
    ///
    /// - Throws: A `ValidationError` when the server's port is too high to add the distance.
    private func defaultPort(_ serverPort: Int, from setting: Setting<Int>) throws -> Int {
        if serverPort == 0 { return 0 }
        if serverPort <= Self.highestServerPort { return serverPort + Self.portDistance }
        // A program may have changed the port that the setting gave.
        let subject = (try? setting.value()) == serverPort ? setting.origin : "port \(serverPort)"
        throw ValidationError(
            """
            \(subject) is too high for the metrics port, which is port + \(Self.portDistance) by default: set \
            \(metricsPort.names), or \(Self.noMetricsSwitch.ways).
            """
        )
    }

    /// Returns the texts of defaults in the list of the settings in use, by the keys of the settings: those that depend on the
    /// server's port, and differ from the text of the help.
    func shownDefaults(serverPort: Int) -> [String: String] {
        if serverPort == 0 { return [metricsPort.key: "0"] }
        return serverPort <= Self.highestServerPort ? [:] : [metricsPort.key: "none"]
    }
}
