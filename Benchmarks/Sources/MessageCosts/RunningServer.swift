import Dispatch
import Switchboard
import Synchronization

/// A server with one event loop, on a port of its own.
final class RunningServer {
    let port: UInt16
    private let task: Task<Void, any Error>

    init(_ router: Router) throws {
        var logger = Logger(label: "message-costs")
        logger.logLevel = .critical
        var configuration = ServerConfiguration(port: 0, eventLoops: 1)
        configuration.rateLimit = 0
        configuration.globalRateLimit = 0
        let server = try Server(router, configuration: configuration, logger: logger)
        task = Task { try await server.run() }
        port = try Self.wait { UInt16(clamping: try await server.listeningAddress.port) }
    }

    func stop() {
        task.cancel()
        let task = task
        _ = try? Self.wait { try await task.value }
    }

    /// Blocks the calling thread, which is none of the concurrency runtime's own.
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
