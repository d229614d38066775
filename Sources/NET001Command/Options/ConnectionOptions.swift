import ArgumentParser
import NET001
import Switchboard
import SwitchboardApplication

/// The server that a client command connects to.
struct ConnectionOptions: ParsableArguments {
    @Option(Setting("host", "HOST", default: ServerConfiguration().host, "Address or host name of the server."))
    var host: Setting<String>

    @Option(
        Setting("port", "PORT", .between(1, 65_535), default: ServerConfiguration().port, "TCP port of the server.")
    )
    var port: Setting<Int>

    @Option(
        Setting(
            "timeout",
            "TIMEOUT",
            .moreThan(.zero).atMost(.seconds(86_400)),
            default: ClientConfiguration().connectTimeout,
            """
            Seconds allowed to connect, including TLS and authentication, and for each reply. Commands that send one \
            request take no longer in total.
            """
        )
    )
    var timeout: Setting<Duration>

    @Option(
        Setting(
            "unix-socket",
            "UNIX_SOCKET",
            "Path of the server's Unix-domain socket, used instead of --host and --port."
        )
    )
    var unixSocket: Setting<String>

    @OptionGroup var tls: ClientTLSOptions

    /// The address of the server, and the timeout.
    struct Place {
        let host: String
        let port: Int
        let unixSocket: String?
        let timeout: Duration
    }

    /// Returns the values of the options, of the environment, or the defaults.
    func resolve() throws -> Place {
        Place(
            host: try host.value(),
            port: try port.value(),
            unixSocket: try unixSocket.givenValue(),
            timeout: try timeout.value()
        )
    }

    /// Returns `error` with the environment variables whose values led to it.
    func explain(_ error: any Error) -> any Error {
        switch error {
        case is TransportError:
            return (unixSocket.text == nil ? [host, port] as [any SettingSource] : [unixSocket]).naming(in: error)
        case is TLSError: return tls.settings.naming(in: error)
        default: return error
        }
    }

    /// Connects, calls `work`, and closes.
    ///
    /// - Parameters:
    ///   - credentials: The user and token for AUTH on each connection.
    ///   - reconnects: Whether the client reconnects when the connection breaks.
    ///   - work: The work.
    func withClient<Result>(
        as credentials: Credentials? = nil,
        reconnects: Bool = false,
        _ work: (Client) async throws -> Result
    ) async throws -> Result {
        let client = try await connect(as: credentials, reconnects: reconnects)
        do {
            let result = try await work(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Connects, calls `work`, which sends one-way messages and ends with a request, and closes.
    ///
    /// - Throws: What `work` throws; the error message with which the server has rejected a one-way message.
    func withSender<Result>(
        as credentials: Credentials? = nil,
        _ work: (Client) async throws -> Result
    ) async throws -> Result {
        var watching: Task<NET001.Error?, any Error>?
        let result = try await withClient(as: credentials) { client in
            watching = Task {
                for try await case let error as NET001.Error in client.incoming { return error }
                return nil
            }
            return try await work(client)
        }
        // The client is closed, so the task ends after the last message that arrived.
        if let error = try? await watching?.value { throw error }
        return result
    }

    /// Connects, sends a request, and closes, all within the timeout.
    func exchange<Result: Sendable>(
        as credentials: Credentials? = nil,
        _ request: @escaping @Sendable (Client) async throws -> Result
    ) async throws -> Result {
        let place = try resolve()
        let start = ContinuousClock.now
        return try await withSender(as: credentials) { client in
            try await Self.within(place.timeout - start.duration(to: .now), of: place.timeout) {
                try await request(client)
            }
        }
    }

    /// Connects and authenticates within the timeout.
    private func connect(as credentials: Credentials?, reconnects: Bool) async throws -> Client {
        let place = try resolve()
        var configuration = ClientConfiguration()
        configuration.connectTimeout = place.timeout
        configuration.requestTimeout = place.timeout
        configuration.tls = try tls.resolve()
        if reconnects { configuration.reconnect = ReconnectPolicy() }
        if let credentials { configuration.onConnect = { try await credentials.authenticate($0) } }
        do {
            return try await Self.within(place.timeout, of: place.timeout) { [configuration] in
                if let path = place.unixSocket {
                    return try await Client.connect(
                        unixSocketPath: path,
                        speaking: NET001.self,
                        configuration: configuration
                    )
                }
                return try await Client.connect(
                    host: place.host,
                    port: place.port,
                    speaking: NET001.self,
                    configuration: configuration
                )
            }
        } catch {
            throw explain(error)
        }
    }

    /// Calls `work`, and cancels it after `time`.
    ///
    /// - Parameters:
    ///   - time: The rest of the timeout.
    ///   - timeout: The timeout, for the error.
    ///   - work: The work.
    static func within<Result: Sendable>(
        _ time: Duration,
        of timeout: Duration,
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard case let result?? = try await group.next() else {
                throw CommandError("the server did not answer within \(timeout.shown) (--timeout)")
            }
            return result
        }
    }
}
