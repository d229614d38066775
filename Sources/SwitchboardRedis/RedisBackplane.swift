public import SwitchboardBackplane
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import Synchronization

/// A backplane over a Redis stream, in Redis 6.2 or later, or in Valkey.
///
/// ```swift
/// let backplane = try RedisBackplane(url: "rediss://:secret@cache:6379")
/// ```
///
/// Each server has two connections to Redis: one appends entries to the stream, the other reads them. A third one is for the ``store``.
///
/// While Redis is unreachable, the backplane queues blocks, and appends them when Redis is reachable again. No block is lost as
/// long as the queue (`BackplaneLimits.maximumWaitingBytes`) and the log (``RedisBackplaneConfiguration/retentionBytes``) are
/// large enough, and Redis keeps its data. Receivers count the blocks that are lost.
public final class RedisBackplane: Backplane {
    private enum Phase {
        case new
        case running(RedisLogClient, EventLoop)
        case stopped
    }

    /// The settings.
    public let configuration: RedisBackplaneConfiguration

    private let outbox: Outbox
    private let waker = Waker()
    private let phase = Mutex(Phase.new)
    private let clusterStore: RedisClusterStore

    /// A backplane that is not connected yet.
    ///
    /// - Throws: A `BackplaneError` when a setting is wrong.
    public init(_ configuration: RedisBackplaneConfiguration) throws(BackplaneError) {
        try configuration.validate()
        self.configuration = configuration
        clusterStore = RedisClusterStore(key: configuration.key, startTimeout: configuration.startTimeout)
        outbox = Outbox(limits: configuration.limits) { [waker] in waker.wake() }
    }

    /// A backplane with the default settings that is not connected yet.
    ///
    /// - Parameter url: See ``RedisURL``.
    /// - Throws: A `BackplaneError` when the URL is wrong.
    public convenience init(url: String) throws(BackplaneError) {
        try self.init(RedisBackplaneConfiguration(url: RedisURL(url)))
    }

    /// Connects, and checks the credentials, the permissions, the eviction policy of Redis, and that Redis takes an entry.
    ///
    /// - Throws: A `BackplaneError`: at once when a setting of this server or of Redis has to be changed, otherwise after
    ///   ``RedisBackplaneConfiguration/startTimeout``. `CancellationError` when the task is cancelled. After an error, the
    ///   backplane has stopped.
    public func start(for fingerprint: ProtocolFingerprint, _ receiver: any BackplaneReceiver) async throws {
        let client = try begin(for: fingerprint, receiver)
        do {
            client.start(within: configuration.startTimeout)
            try await client.startOutcome.wait()
        } catch {
            await stop()
            throw error
        }
    }

    private func begin(
        for fingerprint: ProtocolFingerprint,
        _ receiver: any BackplaneReceiver
    ) throws -> RedisLogClient {
        try phase.withLock { phase in
            switch phase {
            case .new: break
            case .running: throw BackplaneError.alreadyStarted
            case .stopped: throw BackplaneError.stopped
            }
            let loop = try EventLoop(label: "switchboard.backplane")
            do {
                let client = try RedisLogClient(configuration, fingerprint, outbox, receiver, on: loop)
                waker.target = client
                clusterStore.attach(to: client.dialer, on: loop)
                phase = .running(client, loop)
                return client
            } catch {
                loop.stop()
                throw error
            }
        }
    }

    /// Queues a block for all other servers.
    public func publish(_ block: BackplaneBlock) { outbox.publish(block) }

    /// Whether the server should not read connections that publish.
    public var holdsPublishers: Bool { outbox.holdsPublishers }

    /// Stops reading entries until ``resumeReceiving()``.
    public func pauseReceiving() { client?.setReceiving(false) }

    /// Continues reading entries after ``pauseReceiving()``.
    public func resumeReceiving() { client?.setReceiving(true) }

    /// Waits until Redis has acknowledged every block that was published before.
    public func drain(within timeout: Duration) async -> Bool { await outbox.drain(within: timeout) }

    /// Closes the connections.
    public func stop() async {
        let running = phase.withLock { phase in
            defer { phase = .stopped }
            return phase
        }
        outbox.close()
        guard case .running(let client, let loop) = running else { return }
        clusterStore.detach()
        client.stop()
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
        waker.target = nil
    }

    /// The message rate and the peers that servers share, in keys that begin with ``RedisBackplaneConfiguration/key`` and a colon.
    public var store: (any ClusterStore)? { clusterStore }

    /// The state and the counters.
    public var status: BackplaneStatus {
        switch phase.withLock({ $0 }) {
        case .new: return BackplaneStatus()
        case .running(let client, _): return client.status
        case .stopped:
            var status = BackplaneStatus()
            status.state = .stopped
            return status
        }
    }

    private var client: RedisLogClient? {
        if case .running(let client, _) = phase.withLock({ $0 }) { client } else { nil }
    }

    /// Makes the client look at the outbox; does nothing before the start.
    private final class Waker: Sendable {
        private let storage = Mutex<RedisLogClient?>(nil)

        var target: RedisLogClient? {
            get { storage.withLock { $0 } }
            set { storage.withLock { $0 = newValue } }
        }

        func wake() { target?.send() }
    }
}
