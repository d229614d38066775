internal import SwitchboardTransport

/// Keeps a connection to Redis: makes it, and makes another one when it breaks.
///
/// It lives on the loop, where all its methods and closures are called.
final class RedisLink: @unchecked Sendable {
    private let loop: EventLoop
    private let dialer: RedisDialer
    private let whenConnected: (RedisConnection, RedisServerInfo) -> Void
    private let whenFailed: (RedisFailure) -> Void
    /// A connection that has lasted for this long was a good one, in nanoseconds: 1 s.
    private static let stableTime: UInt64 = 1_000_000_000

    private var task: Task<Void, Never>?
    private var backOff = BackOff()
    private var connectTime: UInt64 = 0
    private var hasStopped = false

    /// The connection, while it can be used.
    private(set) var connection: RedisConnection?

    /// - Parameters:
    ///   - whenConnected: Called when a connection can be used, before anything is sent on it.
    ///   - whenFailed: Called when the connection has broken, and when an attempt to make one has failed.
    init(
        _ dialer: RedisDialer,
        on loop: EventLoop,
        whenConnected: @escaping (RedisConnection, RedisServerInfo) -> Void,
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
                let (connection, info) = try await dialer.dial()
                loop.execute { self.adopt(connection, info) }
            } catch {
                loop.execute { self.fail(error) }
            }
        }
    }

    /// Breaks the connection, which is replaced by another one.
    func drop(_ reason: RedisFailure) { connection?.close(reason) }

    /// Closes the connection.
    ///
    /// None follows, and nothing is called any more.
    func stop() {
        hasStopped = true
        task?.cancel()
        connection?.close(.stopped)
        connection = nil
    }

    private func adopt(_ new: RedisConnection, _ info: RedisServerInfo) {
        if hasStopped { return new.close(.stopped) }
        // It may have broken since it was made.
        if let failure = new.failure { return fail(failure) }
        connection = new
        connectTime = loop.now
        new.whenClosed = { [weak self] in self?.lose($0) }
        whenConnected(new, info)
    }

    private func lose(_ failure: RedisFailure) {
        connection = nil
        if loop.now >= connectTime &+ Self.stableTime {
            // Such a connection is replaced at once.
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
