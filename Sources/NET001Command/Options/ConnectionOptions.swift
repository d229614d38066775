import ArgumentParser
import NET001
import Switchboard

/// Which server to talk to.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The server's address or name. (environment: HOST; default: 127.0.0.1)")
    var host: String?

    @Option(help: "The server's TCP port. (environment: PORT; default: 5000)")
    var port: Int?

    @Option(help: "How many seconds connecting, and each reply, may take. (environment: TIMEOUT; default: 10)")
    var timeout: Double?

    @Option(help: "The path of the server's Unix-domain socket, instead of the two. (environment: UNIX_SOCKET)")
    var unixSocket: String?

    @OptionGroup var tls: ClientTLSOptions

    /// The longest time that `--timeout` takes: a day.
    private static let maximumTimeout = 86_400.0

    /// The options with what the environment and the defaults add to them.
    func resolve() throws -> (host: String, port: Int, unixSocket: String?, timeout: Duration) {
        let host = try host ?? EnvironmentVariable.value("HOST") ?? "127.0.0.1"
        let port = try port ?? EnvironmentVariable.value("PORT") ?? 5000
        let timeout = try timeout ?? EnvironmentVariable.value("TIMEOUT") ?? 10
        guard (1...65_535).contains(port) else {
            throw ValidationError("The port must be between 1 and 65535, not \(port).")
        }
        guard timeout > 0, timeout <= Self.maximumTimeout else {
            throw ValidationError("The timeout must be more than 0 and at most 86400 seconds, not \(timeout).")
        }
        return (host, port, try unixSocket ?? EnvironmentVariable.value("UNIX_SOCKET"), .seconds(timeout))
    }

    /// Connects, does `work` and closes.
    ///
    /// - Parameter reconnects: Whether it comes back when the connection breaks.
    func withClient<Result>(
        reconnects: Bool = false,
        _ work: (Client) async throws -> Result
    ) async throws -> Result {
        let server = try resolve()
        var configuration = ClientConfiguration()
        configuration.connectTimeout = server.timeout
        configuration.requestTimeout = server.timeout
        configuration.tls = try tls.resolve()
        if reconnects { configuration.reconnect = ReconnectPolicy() }
        let client = try await connect(server, configuration)
        do {
            let result = try await work(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    private func connect(
        _ server: (host: String, port: Int, unixSocket: String?, timeout: Duration),
        _ configuration: ClientConfiguration
    ) async throws -> Client {
        if let path = server.unixSocket {
            return try await Client.connect(
                unixSocketPath: path,
                speaking: NET001.self,
                configuration: configuration
            )
        }
        return try await Client.connect(
            host: server.host,
            port: server.port,
            speaking: NET001.self,
            configuration: configuration
        )
    }
}
