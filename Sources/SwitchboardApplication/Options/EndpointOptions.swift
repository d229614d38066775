import ArgumentParser
import FoundationEssentials
import Switchboard
import SwitchboardServer
import SwitchboardTransport

/// The metrics endpoint of a running server, for the commands that use it.
///
/// The options, variables and file are those of the server, so that a command on the same machine needs no further settings.
struct EndpointOptions: ReadsSomeSettings {
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var metrics: MetricsOptions

    @Option(
        Setting(
            "port",
            "PORT",
            .between(0, 65_535),
            default: ServerOptions.defaults.port,
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

    /// What a command needs the token for.
    enum TokenUse {
        /// The command sends no token.
        case none
        /// The command sends the token if there is one that it may read.
        case optional
        /// The command is of no use without a token.
        case required
    }

    /// Returns a client of the endpoint.
    ///
    /// - Parameter command: The name of the command, for errors.
    /// - Throws: An error that names the option or the environment variable whose value cannot be used.
    func makeClient(for command: String, token: TokenUse = .optional) throws -> AdminClient {
        try checkSettings()
        let timeout = try timeout.value()
        guard try !metrics.isOff else {
            throw CommandError("\(metrics.offSwitch.subject) must be off: \(command) requires the metrics port")
        }
        let address = try metrics.address(serverPort: port.value(), from: port)
        if case .tcp(host: _, port: 0) = address {
            throw CommandError(
                "the metrics port is unknown because the system selects it: set \(metrics.metricsPort.names)"
            )
        }
        let text: String?
        switch token {
        case .none: text = nil
        // A client on the server's machine needs no token, and the file may belong to the user of the server.
        case .optional: text = try? metrics.tokenText()
        case .required: text = try metrics.tokenText()
        }
        guard text != nil || token != .required else {
            throw CommandError("\(command) requires the token of the server: set \(metrics.adminTokenFile.names)")
        }
        return AdminClient(address: address, timeout: timeout, token: text)
    }

    /// Returns what `work` gets over a client, or an error that names the environment variables with the address.
    func ask<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let error as TransportError {
            throw metrics.place.naming(in: error)
        }
    }
}

extension AdminClient {
    /// Returns one report of the server as JSON.
    ///
    /// - Throws: An error when the server cannot be reached, or refuses the request.
    func status(by order: ConnectionList.Order = .pending) async throws -> String {
        let answer = try await get("/status?sort=\(order.rawValue)")
        guard answer.status == 200 else { throw answer.refusal }
        return answer.body
    }

    /// Returns one report of the server.
    ///
    /// - Throws: What ``status(by:)`` throws; an error when the report is none of this version.
    func report(by order: ConnectionList.Order = .pending) async throws -> StatusReport {
        try StatusReport(checking: try await status(by: order))
    }
}

extension StatusReport {
    /// The report in `json`.
    ///
    /// - Throws: A ``CommandError`` when it is no report of this version.
    init(checking json: String) throws {
        guard let report = try? StatusReport.decoded(from: Data(json.utf8)) else {
            throw CommandError("the answer is no report of this version: the program there may be another one")
        }
        self = report
    }
}

extension AdminClient.Answer {
    /// The error of a command whose request the server has refused.
    var refusal: CommandError { CommandError("the server answered with status \(status) (\(line))") }
}
