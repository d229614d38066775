import ArgumentParser
import Foundation
import Logging
import NET001
import ServiceLifecycle
import Switchboard
import SwitchboardTransport

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server until SIGINT (Ctrl-C) or SIGTERM.",
        usage: "net001 serve [<options>]",
        discussion: """
            The first signal starts a graceful shutdown: the server stops accepting connections, answers the requests \
            that it has received, and notifies its clients. A second signal stops the server at once.
            """
    )

    @OptionGroup(title: "Listening") var listening: ListenOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "TLS") var tls: ServerTLSOptions
    @OptionGroup(title: "Credentials") var authentication: AuthenticationOptions
    @OptionGroup(title: "Backplane") var backplane: BackplaneOptions
    @OptionGroup(title: "Metrics") var metrics: MetricsOptions
    @OptionGroup(title: "Logs") var logs: LogOptions

    func run() async throws {
        defer { LogWriter.shared.flush() }
        let logger = try logs.makeLogger()
        let settings = try makeSettings()
        let configuration = settings.configuration
        ServerSignals.shared.begin(drainTime: configuration.drainTimeout, logger: logger)
        let credentials = try authentication.makeCredentialFile()
        raiseDescriptorLimit(for: configuration)
        let joining = try backplane.makeBackplane()
        if joining == nil, configuration.clusterRateLimit > 0 {
            throw limits.clusterRateLimit.error("requires \(backplane.backplane.names)")
        }
        let factory = try metrics.makeFactory()
        let server = try makeServer(settings, credentials, joining, logger)
        let warning = Task {
            _ = try await server.listeningAddress
            if let credentials {
                logger.info("credentials read", metadata: ["users": "\(credentials.userCount)"])
            } else {
                logger.warning(
                    "AUTH accepts any user and token: set --auth-file before you expose the server to a network"
                )
            }
        }
        defer { warning.cancel() }
        // Services stop in reverse order: the server drains while its metrics are still served.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        let admin = try factory.map { try metrics.makeService($0, for: server, backplane, logger: logger) }
        if let admin { services.append(.init(service: admin)) }
        services.append(
            .init(
                service: ServerWithMetrics(server: server, admin: admin),
                successTerminationBehavior: .gracefullyShutdownGroup
            )
        )
        services.append(.init(service: ServiceManager(server: server), successTerminationBehavior: .ignore))
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                logger: Logger(label: "net001", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        do {
            try await ServerSignals.shared.run(group, reloading: sources(server, credentials))
        } catch {
            throw explain(error, settings)
        }
    }

    /// Returns `error` with advice, and with the environment variables whose values led to it.
    private func explain(_ error: any Error, _ settings: ServerSettings) -> any Error {
        switch error {
        case is AdminServerError: metrics.settings.naming(in: error)
        case let error as BackplaneError: backplane.naming(in: error)
        case let error as TransportError: settings.naming(in: error)
        default: error
        }
    }

    /// Checks that the system lets the process start the threads that it needs.
    ///
    /// - Throws: A ``ThreadError`` when it does not; a `ValidationError` when the number of event loops is not allowed.
    func checkThreads() throws {
        let loops = try listening.eventLoops.value()
        let cores = ProcessInfo.processInfo.activeProcessorCount
        try ThreadLimit.check(
            min(max(loops, 1), ServerConfiguration.maximumEventLoops) + cores + Self.otherThreads
                + backplane.threadCount
        )
    }

    /// The threads beside event loops, backplane and Swift's concurrency: log, acceptor, metrics and their texts, reloading, look-ups.
    private static let otherThreads = 8

    private func makeSettings() throws -> ServerSettings {
        var settings = ServerSettings()
        try settings.apply(listening.settings)
        settings.configuration.listeningDescriptor = try SocketActivation.takeDescriptor()
        try settings.apply(limits.settings)
        try tls.apply(to: &settings)
        try authentication.apply(to: &settings)
        return settings
    }

    private func makeServer(
        _ settings: ServerSettings,
        _ credentials: CredentialFile?,
        _ backplane: (any Backplane)?,
        _ logger: Logger
    ) throws -> Server {
        let router: Router = credentials.map { .net001(authenticator: $0) } ?? .net001()
        do {
            return try Server(
                router,
                configuration: settings.configuration,
                backplane: backplane,
                logger: logger
            )
        } catch let error as ConfigurationError {
            throw settings.validationError(error)
        } catch let error as TLSError {
            throw settings.settings("--cert", "--key", "--client-ca").naming(in: error)
        }
    }

    /// The files that the server reads again on SIGHUP.
    private func sources(_ server: Server, _ credentials: CredentialFile?) -> [Reloader.Source] {
        [
            Reloader.Source(
                name: "certificates",
                option: "--tls",
                reload: server.configuration.tls == nil ? nil : server.reloadCertificates
            ),
            Reloader.Source(name: "credentials", option: "--auth-file", reload: credentials?.reload),
        ]
    }

    /// The server logs a warning when the limit stays too low.
    private func raiseDescriptorLimit(for configuration: ServerConfiguration) {
        DescriptorLimit.raise(to: configuration.neededDescriptors)
    }
}

/// The server with its metrics: both open their ports before the server accepts connections.
private struct ServerWithMetrics: Service {
    let server: Server
    let admin: AdminServer?

    func run() async throws {
        try await server.run(beforeAccepting: { try await admin?.claimPort() })
    }
}

/// The configuration of a server, and the settings that it was made from, for errors.
struct ServerSettings {
    var configuration = ServerConfiguration()
    private var given: [any SettingSource] = []

    /// Writes the values of `settings` into the configuration.
    ///
    /// - Throws: A `ValidationError` when a text is not a value that is allowed.
    mutating func apply(_ settings: [any SettingSource]) throws {
        given += settings
        for setting in settings { try setting.apply(to: &configuration) }
    }

    /// Returns the settings of the named options.
    func settings(_ options: String...) -> [any SettingSource] {
        options.compactMap { option in given.first { $0.option == option } }
    }

    /// Returns an error of the configuration with options and variables in place of properties.
    func validationError(_ error: ConfigurationError) -> ValidationError {
        let words = error.requirement.split(separator: " ").map { option(of: String($0)) ?? String($0) }
        let requirement = "must be \(words.joined(separator: " "))"
        guard let setting = given.first(where: { $0.property == error.property }) else {
            return ValidationError("\(error.property) is \(error.value): it \(requirement).")
        }
        return setting.error(requirement)
    }

    /// Returns the option that sets `property`: `--idle-timeout` for `idleTimeout`.
    private func option(of property: String) -> String? {
        given.first { $0.property == property }?.option
    }

    /// Returns an error of listening with advice, and with the environment variables whose values led to it.
    func naming(in error: TransportError) -> any Error {
        let isUnix = configuration.unixSocketPath != nil
        let place = isUnix ? settings("--unix-socket") : settings("--host", "--port")
        let advice: String? =
            switch (error.code, error.errno) {
            case (.cannotListen, EADDRINUSE) where isUnix:
                "choose another --unix-socket, or stop the process that listens there"
            case (.cannotListen, EADDRINUSE): "choose another --port, or stop the process that listens there"
            case (.cannotListen, EACCES) where !isUnix:
                "choose a --port of 1024 or more, or grant the capability CAP_NET_BIND_SERVICE"
            case (.cannotListen, EADDRNOTAVAIL), (.cannotResolve, _):
                "--host must be an address of this machine, or a name that has one"
            default: nil
            }
        return place.naming(in: advice.map { CommandError("\(error) (\($0))") } ?? error)
    }
}
