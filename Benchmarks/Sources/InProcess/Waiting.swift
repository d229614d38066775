import Dispatch
import Glibc
import Synchronization

/// Waits until `isDone`, for at most a minute; blocks the calling thread.
package func wait(until isDone: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(60)
    while try !isDone() {
        guard ContinuousClock.now < end else { throw BenchmarkFailure("the server does not answer within a minute") }
        usleep(1000)
    }
}

/// Waits for `body`; blocks the calling thread, which must not be a thread of Swift's concurrency.
package func wait<Value: Sendable>(for body: @escaping @Sendable () async throws -> Value) throws -> Value {
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
