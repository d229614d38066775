internal import SwitchboardTransport

/// Keeps a connection to Redis: makes it, and replaces it when it closes.
///
/// All methods and closures are called on the event loop.
final class RedisLink: @unchecked Sendable {
    private let loop: EventLoop
    private let dialer: RedisDialer
    private let whenConnected: (RedisConnection) -> Void
    private let whenFailed: (RedisFailure) -> Void
    /// A connection that has lasted for this long is replaced at once when it closes, in nanoseconds: 1 s.
    private static let stableTime: UInt64 = 1_000_000_000

    private var task: Task<Void, Never>?
    private var backOff = BackOff()
    private var connectTime: UInt64 = 0
    private var hasStopped = false

    /// The connection, while it can be used.
    private(set) var connection: RedisConnection?
    /// The failure of the connection, or of a command; the client sets it, and removes it when a command succeeds.
    var failure: RedisFailure?

    /// - Parameters:
    ///   - whenConnected: Called when a connection can be used, before any command of the client.
    ///   - whenFailed: Called when the connection has closed, and when an attempt to make one has failed.
    init(
        _ dialer: RedisDialer,
        on loop: EventLoop,
        whenConnected: @escaping (RedisConnection) -> Void,
        whenFailed: @escaping (RedisFailure) -> Void
    ) {
        self.dialer = dialer
        self.loop = loop
        self.whenConnected = whenConnected
        self.whenFailed = whenFailed
    }

    func start() { dial(after: .zero) }

    private func dial(after delay: Duration) {
        guard !hasStopped else { return }
        task = Task { [self] in
            if delay > .zero { try? await Task.sleep(for: delay) }
            if Task.isCancelled { return }
            do throws(RedisFailure) {
                let connection = try await dialer.dial()
                loop.execute { self.adopt(connection) }
            } catch {
                loop.execute { self.fail(error) }
            }
        }
    }

    /// Closes the connection, and makes another one.
    func drop(_ reason: RedisFailure) { connection?.close(reason) }

    /// Closes the connection, and makes another one, if it leads to another server than `other` does.
    ///
    /// After a failover, both connections of a backplane must lead to the new primary.
    func drop(unlessServerIsThatOf other: RedisConnection) {
        guard let runID = connection?.info.runID, let otherID = other.info.runID, runID != otherID else { return }
        drop(.closed("another server has taken over", address: other.address))
    }

    /// Closes the connection, without making another one.
    ///
    /// The closures are not called any more.
    func stop() {
        hasStopped = true
        task?.cancel()
        connection?.close(.stopped)
        connection = nil
    }

    private func adopt(_ new: RedisConnection) {
        if hasStopped { return new.close(.stopped) }
        // The connection may have closed since it was made.
        if let failure = new.failure { return fail(failure) }
        connection = new
        connectTime = loop.now
        new.whenClosed = { [weak self] in self?.lose($0) }
        whenConnected(new)
    }

    private func lose(_ failure: RedisFailure) {
        connection = nil
        if loop.now >= connectTime &+ Self.stableTime {
            backOff = BackOff()
            if !hasStopped { whenFailed(failure) }
            return dial(after: .zero)
        }
        fail(failure)
    }

    private func fail(_ failure: RedisFailure) {
        if hasStopped { return }
        whenFailed(failure)
        dial(after: backOff.delay())
    }
}
