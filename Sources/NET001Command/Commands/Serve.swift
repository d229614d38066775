import ArgumentParser
import Foundation
import Logging
import NET001
import ServiceLifecycle
import Switchboard
import SwitchboardTransport

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until interrupted (Ctrl-C) or told to stop (SIGTERM).",
        discussion: """
            The first such signal stops the server in good order: it accepts no more, answers what it has received, and \
            tells its clients. A second one stops it at once.
            """
    )

    @OptionGroup(title: "Where to listen") var listening: ListenOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "TLS") var tls: ServerTLSOptions
    @OptionGroup(title: "Credentials") var authentication: AuthenticationOptions
    @OptionGroup(title: "Metrics") var metrics: MetricsOptions
    @OptionGroup(title: "Logs") var logs: LogOptions

    func run() async throws {
        defer { LogWriter.shared.flush() }
        let logger = try logs.makeLogger()
        let configuration = try makeConfiguration()
        ServerSignals.shared.begin(drainTime: configuration.drainTimeout, logger: logger)
        let credentials = try authentication.makeCredentialFile()
        raiseDescriptorLimit(for: configuration)
        let factory = try metrics.makeFactory()
        let server = try makeServer(configuration, credentials, logger)
        let warning = Task {
            _ = try await server.listeningAddress
            if let credentials {
                logger.info("credentials read", metadata: ["users": "\(credentials.userCount)"])
            } else {
                logger.warning("AUTH lets in any user with any token: do not open this server to a network")
            }
        }
        defer { warning.cancel() }
        // The last ones stop first: the server drains before its metrics are gone.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let factory {
            services.append(.init(service: try metrics.makeService(factory, for: server, logger: logger)))
        }
        services.append(.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup))
        services.append(.init(service: ServiceManager(server: server), successTerminationBehavior: .ignore))
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                logger: Logger(label: "net001", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        try await ServerSignals.shared.run(group, reloading: sources(server, credentials))
    }

    /// Checks that the process may have the threads that it needs.
    ///
    /// - Throws: A ``ThreadError`` when it may not; a `ValidationError` when the number of event loops is no number.
    func checkThreads() throws {
        var configuration = ServerConfiguration()
        try configuration.set(\.eventLoops, listening.eventLoops, "EVENT_LOOPS")
        let cores = ProcessInfo.processInfo.activeProcessorCount
        try ThreadLimit.check(
            min(configuration.eventLoops, ServerConfiguration.maximumEventLoops) + cores + Self.otherThreads
        )
    }

    /// Threads beside those of the event loops and of Swift's concurrency: log, accepting, metrics, their texts, reloading,
    /// names.
    private static let otherThreads = 8

    private func makeConfiguration() throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        try listening.apply(to: &configuration)
        try limits.apply(to: &configuration)
        try tls.apply(to: &configuration)
        try authentication.apply(to: &configuration)
        return configuration
    }

    private func makeServer(
        _ configuration: ServerConfiguration,
        _ credentials: CredentialFile?,
        _ logger: Logger
    ) throws -> Server {
        let router: Router = credentials.map { .net001(authenticator: $0) } ?? .net001()
        do {
            return try Server(router, configuration: configuration, logger: logger)
        } catch let error as ConfigurationError {
            throw ValidationError(error.forCommandLine)
        }
    }

    /// What is read again on SIGHUP.
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

    /// The server itself warns when that is not enough.
    private func raiseDescriptorLimit(for configuration: ServerConfiguration) {
        DescriptorLimit.raise(to: configuration.neededDescriptors)
    }
}
