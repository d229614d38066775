import ArgumentParser
import Logging
import NET001
import ServiceLifecycle
import Switchboard
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until interrupted (Ctrl-C) or told to stop (SIGTERM)."
    )

    @Option(help: "The address or name to listen on. (environment: HOST; default: 127.0.0.1)")
    var host: String?

    @Option(help: "The TCP port to listen on; 0 takes any that is free. (environment: PORT; default: 5000)")
    var port: Int?

    @Option(help: "How many connections may be open at once. (environment: MAX_CONNECTIONS; default: 1000)")
    var maxConnections: Int?

    @Option(help: "How many event loops serve them. (environment: EVENT_LOOPS; default: one a core)")
    var eventLoops: Int?

    @Flag(help: "Log at debug level. (environment: DEBUG)")
    var debug = false

    func run() async throws {
        let logger = try makeLogger()
        let server: Server
        do {
            server = try Server(.net001(), configuration: try makeConfiguration(), logger: logger)
        } catch let error as ConfigurationError {
            throw ValidationError(Self.explain(error))
        }
        let warning = Task {
            _ = try await server.listeningAddress
            logger.warning("AUTH lets in any user with any token: do not open this server to a network")
        }
        defer { warning.cancel() }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server)],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: Logger(label: "net001", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        try await group.run()
    }

    private func makeConfiguration() throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        if let host = try host ?? EnvironmentVariable.value("HOST") { configuration.host = host }
        if let port = try port ?? EnvironmentVariable.value("PORT") { configuration.port = port }
        if let limit = try maxConnections ?? EnvironmentVariable.value("MAX_CONNECTIONS") {
            configuration.maximumConnections = limit
        }
        if let loops = try eventLoops ?? EnvironmentVariable.value("EVENT_LOOPS") { configuration.eventLoops = loops }
        return configuration
    }

    private func makeLogger() throws -> Logger {
        var logger = Logger(label: "net001", factory: { StreamLogHandler.standardError(label: $0) })
        let isVerbose = try debug || EnvironmentVariable.flag("DEBUG")
        logger.logLevel = isVerbose ? .debug : .info
        return logger
    }

    /// The error in terms of the command line.
    private static func explain(_ error: ConfigurationError) -> String {
        let options = [
            "host": "--host (HOST)",
            "port": "--port (PORT)",
            "maximumConnections": "--max-connections (MAX_CONNECTIONS)",
            "eventLoops": "--event-loops (EVENT_LOOPS)",
        ]
        return "\(options[error.property] ?? error.property) must be \(error.requirement)."
    }
}
