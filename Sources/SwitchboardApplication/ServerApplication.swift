internal import ArgumentParser
internal import FoundationEssentials
public import Logging
public import ServiceLifecycle
public import Switchboard
public import SwitchboardCredentials

/// A server with what its operators need.
///
/// It takes its settings from the command line, the environment and a file, writes a log, stops gracefully on SIGTERM and SIGINT,
/// reads settings, certificates and credentials again on SIGHUP, joins other servers over a backplane, and serves metrics, health and
/// connections over HTTP. A program with all of that is:
///
/// ```swift
/// @main
/// struct Chat: AsyncParsableCommand {
///     @OptionGroup var options: ServerOptions
///
///     func run() async throws { try await ServerApplication("chat", options).run(.chat()) }
/// }
/// ```
public struct ServerApplication: Sendable {
    /// The name of the program: in the log, and in the lists of an engine such as Redis.
    public let name: String

    /// The log of the program, which writes lines to standard error.
    public let logger: Logger

    /// The configuration of the server, as the options have it.
    ///
    /// A program may change the properties that have no option before it runs the server.
    public var configuration: ServerConfiguration {
        get { settings.configuration }
        set { settings.configuration = newValue }
    }

    private let options: ServerOptions
    private let credentials: CredentialOptions?
    private var settings = ServerSettings()

    /// An application with these settings; it does not run yet.
    ///
    /// From now on, SIGTERM and SIGINT stop the program, until ``run(_:credentials:services:reloading:whenListening:)`` returns.
    ///
    /// - Parameters:
    ///   - name: The name of the program, for the log and for an engine such as Redis.
    ///   - options: The options of the command line.
    ///   - credentials: The options for credentials, if the program has them.
    /// - Throws: An error that names every option, environment variable and line of the file whose value is not allowed.
    public init(_ name: String, _ options: ServerOptions, _ credentials: CredentialOptions? = nil) throws {
        self.name = name
        self.options = options
        self.credentials = credentials
        try (options.settings + (credentials?.settings ?? [])).check()
        logger = try options.logs.makeLogger(name)
        try settings.apply(options.listening.settings)
        settings.configuration.listeningDescriptor = try SocketActivation.takeDescriptor()
        try settings.apply(options.limits.settings)
        try options.tls.apply(to: &settings)
        try credentials?.apply(to: &settings)
        ApplicationSignals.shared.begin(drainTime: settings.configuration.drainTimeout, logger: logger)
    }

    /// Serves until a signal stops the server, or its task is cancelled.
    ///
    /// The first SIGTERM or SIGINT starts a graceful shutdown, as `Server.run()` describes; the second stops the server at once. On
    /// SIGHUP, the program reads its files again. Metrics and health are served until the server has stopped. Then the signals have the
    /// effect that they had before the application was made: a program may run one application after another.
    ///
    /// - Parameters:
    ///   - router: The handlers.
    ///   - credentials: The file of credentials that the router's handlers use, if there is one: SIGHUP reads it again.
    ///   - services: Services that the handlers use: they start before the server, and stop after it.
    ///   - files: Other files that SIGHUP reads again.
    ///   - report: Called when all ports are open and the backplane is connected, before the server accepts connections. Lines that it
    ///     logs are not in the log of a server that cannot start.
    /// - Throws: An error that names the option or the environment variable whose value cannot be used; what `Server.run()` throws.
    public func run(
        _ router: Router,
        credentials: CredentialFile? = nil,
        services: [any Service] = [],
        reloading files: [ReloadableFile] = [],
        whenListening report: @escaping @Sendable () -> Void = {}
    ) async throws {
        defer {
            LogWriter.shared.flush()
            ApplicationSignals.shared.end()
        }
        ApplicationSignals.shared.begin(drainTime: configuration.drainTimeout, logger: logger)
        // The server logs a warning when the limit stays too low.
        DescriptorLimit.raise(to: configuration.neededDescriptors)
        let joining = try options.makeBackplane(name, clusterRate: configuration.clusterRateLimit)
        let factory = try options.metrics.makeFactory()
        let token = try options.metrics.readToken()
        let server = try makeServer(router, joining)
        let admin = try factory.map {
            let identity = StatusReport.Identity(name, router, configuration)
            return try options.metrics.makeAdminServer(
                $0,
                for: server,
                port: options.listening.port,
                identity,
                options.backplane,
                token: token,
                logger: logger
            )
        }
        let group = ServiceGroup(
            configuration: .init(
                services: self.services(server, admin, after: services, whenListening: report),
                logger: Logger(label: name, factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        do {
            try await ApplicationSignals.shared.run(group, reloading: sources(server, credentials, token) + files)
        } catch {
            throw explain(error)
        }
    }

    /// Returns the services in the order in which they start; they stop in reverse order.
    private func services(
        _ server: Server,
        _ admin: AdminServer?,
        after others: [any Service],
        whenListening report: @escaping @Sendable () -> Void
    ) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        var services = others.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        services.append(
            .init(
                service: ServerWithMetrics(
                    server: server,
                    admin: admin,
                    logSettings: { self.logSettings() },
                    beforeAccepting: report
                ),
                successTerminationBehavior: .gracefullyShutdownGroup
            )
        )
        services.append(.init(service: ServiceManager(server: server), successTerminationBehavior: .ignore))
        return services
    }

    private func makeServer(_ router: Router, _ backplane: (any Backplane)?) throws -> Server {
        do {
            return try Server(router, configuration: configuration, backplane: backplane, logger: logger)
        } catch let error as ConfigurationError {
            throw settings.validationError(error)
        } catch let error as TLSError {
            throw settings.settings("--cert", "--key", "--client-ca").naming(in: error)
        }
    }

    /// The files that SIGHUP reads again.
    private func sources(
        _ server: Server,
        _ credentials: CredentialFile?,
        _ token: AdminToken?
    ) -> [ReloadableFile] {
        let reload = allSettings.configurationPath.map { path in
            SettingsReload(path: path, options, self.credentials, server, logger: logger)
        }
        let settingsFile = ReloadableFile("settings", option: "--config", reload: reload?.reload)
        let tls = ReloadableFile(
            "certificates",
            option: "--tls",
            reload: configuration.tls == nil ? nil : server.reloadCertificates
        )
        let always = [
            settingsFile, tls, ReloadableFile("admin token", option: "--admin-token-file", reload: token?.reload),
        ]
        guard !settings.settings("--auth-file").isEmpty || credentials != nil else { return always }
        return always + [ReloadableFile("credentials", option: "--auth-file", reload: credentials?.reload)]
    }

    private var allSettings: [any SettingSource] { options.settings + (credentials?.settings ?? []) }

    /// Logs the settings that do not have their defaults, and at level `debug` each setting with its source.
    private func logSettings() {
        let settings = allSettings.filter { $0.key != SettingsFile.ownKey }
        let changed = settings.filter { $0.written != $0.writtenDefault }
        if !changed.isEmpty {
            let values = changed.map { ($0.key, Logger.MetadataValue.string($0.written ?? "")) }
            logger.info("settings", metadata: Logger.Metadata(values) { first, _ in first })
        }
        for setting in settings {
            logger.debug(
                "setting",
                metadata: [
                    "setting": "\(setting.key)", "value": "\(setting.written ?? setting.shownDefault ?? "none")",
                    "source": "\(SettingsText.source(of: setting))",
                ]
            )
        }
    }

    /// Returns `error` with advice, and with the environment variables whose values led to it.
    private func explain(_ error: any Error) -> any Error {
        switch error {
        case is AdminServerError: options.metrics.place.naming(in: error)
        case let error as BackplaneError: options.backplane.naming(in: error)
        case let error as TransportError: settings.naming(in: error)
        default: error
        }
    }
}

extension ServerOptions {
    /// Checks that the system lets the process start the threads that a server with these options needs.
    ///
    /// - Throws: A ``ThreadError`` when it does not; a `ValidationError` when the number of event loops is not allowed.
    package func checkThreads() throws {
        let loops = try listening.eventLoops.value()
        let cores = ProcessInfo.processInfo.activeProcessorCount
        try ThreadLimit.check(
            min(max(loops, 1), ServerConfiguration.maximumEventLoops) + cores + Self.otherThreads
                + backplane.threadCount
        )
    }

    // Log, the loop that watches the others, metrics and their texts, reloading, look-ups. The one for signals runs already.

    /// The threads beside event loops, backplane and Swift's concurrency.
    private static let otherThreads = 8
}

/// The server with its metrics, which are served while the server connects to the backplane and while it drains.
private struct ServerWithMetrics: Service {
    let server: Server
    let admin: AdminServer?
    /// Called when the ports are open, also those of a server that then cannot use its backplane.
    let logSettings: @Sendable () -> Void
    let beforeAccepting: @Sendable () -> Void

    func run() async throws {
        let openPorts: @Sendable () async throws -> Void = {
            try await admin?.start()
            logSettings()
        }
        do {
            // The server opens its own ports first, so that an error there is reported first.
            try await server.run(whenPortsAreOpen: openPorts, beforeAccepting: beforeAccepting)
        } catch {
            await admin?.stop()
            throw error
        }
        await admin?.stop()
    }
}
