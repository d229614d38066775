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
        // Who reads the log may go away; the server stays.
        signal(SIGPIPE, SIG_IGN)
        defer { LogWriter.shared.flush() }
        let logger = try logs.makeLogger()
        let configuration = try makeConfiguration()
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
        // Without anything to read again, SIGHUP does what it does to other programs.
        let sources = sources(server, credentials)
        if !sources.isEmpty { services.append(.init(service: Reloading(sources: sources, logger: logger))) }
        let group = ServiceGroup(
            configuration: .init(
                services: services,
                logger: Logger(label: "net001", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        try await StopSignals.run(group)
    }

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
    private func sources(_ server: Server, _ credentials: CredentialFile?) -> [Reloading.Source] {
        var sources: [Reloading.Source] = []
        if server.configuration.tls != nil {
            sources.append(.init(name: "certificates", reload: server.reloadCertificates))
        }
        if let credentials { sources.append(.init(name: "credentials", reload: credentials.reload)) }
        return sources
    }

    /// The server itself warns when that is not enough.
    private func raiseDescriptorLimit(for configuration: ServerConfiguration) {
        DescriptorLimit.raise(to: configuration.neededDescriptors)
    }
}
