import Dispatch
package import Switchboard
import Synchronization

/// A server on a free port, without rate limits by default.
package final class RunningServer {
    /// The port; 0 for a Unix-domain socket.
    package let port: UInt16
    private let task: Task<Void, any Error>

    /// - Parameters:
    ///   - router: The handlers.
    ///   - eventLoops: The number of event loops.
    ///   - configure: Changes the configuration.
    package init(
        _ router: Router,
        eventLoops: Int = 1,
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        var logger = Logger(label: "benchmark")
        logger.logLevel = .critical
        var configuration = ServerConfiguration(port: 0, eventLoops: eventLoops)
        configuration.rateLimit = 0
        configuration.globalRateLimit = 0
        configure(&configuration)
        let server = try Server(router, configuration: configuration, logger: logger)
        task = Task { try await server.run(gracefulShutdownSignals: []) }
        port = try Self.wait { UInt16(clamping: try await server.listeningAddress.port) }
    }

    package func stop() {
        task.cancel()
        let task = task
        _ = try? Self.wait { try await task.value }
    }

    /// Waits for `body`; blocks the calling thread, which must not be a thread of Swift's
    /// concurrency.
    private static func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let result = Mutex<Result<Value, any Error>>(.failure(CancellationError()))
        let done = DispatchSemaphore(value: 0)
        Task {
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            result.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        return try result.withLock { try $0.get() }
    }
}
