import ArgumentParser
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
    @OptionGroup(title: "Logs") var logs: LogOptions

    func run() async throws {
        let logger = try logs.makeLogger()
        let configuration = try makeConfiguration()
        raiseDescriptorLimit(for: configuration)
        let server: Server
        do {
            server = try Server(.net001(), configuration: configuration, logger: logger)
        } catch let error as ConfigurationError {
            throw ValidationError(error.forCommandLine)
        }
        let warning = Task {
            _ = try await server.listeningAddress
            logger.warning("AUTH lets in any user with any token: do not open this server to a network")
        }
        defer { warning.cancel() }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server)],
                logger: Logger(label: "net001", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        )
        try await StopSignals.run(group)
    }

    private func makeConfiguration() throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        try listening.apply(to: &configuration)
        try limits.apply(to: &configuration)
        return configuration
    }

    /// The server itself warns when that is not enough.
    private func raiseDescriptorLimit(for configuration: ServerConfiguration) {
        DescriptorLimit.raise(to: configuration.neededDescriptors)
    }
}
