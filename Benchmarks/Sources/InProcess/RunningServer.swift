package import Switchboard

/// A server on a free port, without rate limits by default.
package final class RunningServer {
    /// The port; 0 for a Unix-domain socket.
    package let port: UInt16
    /// The server, which runs.
    package let server: Server
    private let task: Task<Void, any Error>

    /// - Parameters:
    ///   - router: The handlers.
    ///   - eventLoops: The number of event loops.
    ///   - backplane: Joins it with other servers.
    ///   - configure: Changes the configuration.
    package init(
        _ router: Router,
        eventLoops: Int = 1,
        backplane: (any Backplane)? = nil,
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        var logger = Logger(label: "benchmark")
        logger.logLevel = .critical
        var configuration = ServerConfiguration(port: 0, eventLoops: eventLoops)
        configuration.rateLimit = 0
        configuration.globalRateLimit = 0
        configure(&configuration)
        let server = try Server(router, configuration: configuration, backplane: backplane, logger: logger)
        self.server = server
        task = Task { try await server.run(gracefulShutdownSignals: []) }
        port = try wait(for: { UInt16(clamping: try await server.listeningAddress.port) })
    }

    package func stop() {
        task.cancel()
        let task = task
        _ = try? wait(for: { try await task.value })
    }
}
