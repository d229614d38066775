#if NATS
public import SwitchboardBackplane
internal import Synchronization

/// A backplane over a stream of NATS JetStream, in nats-server 2.9 or later.
///
/// ```swift
/// let backplane = try NATSBackplane(url: "tls://user:secret@nats")
/// ```
///
/// The backplane creates the stream when it does not exist. Programs need the package trait `NATS` and libnats 3.4 or later.
///
/// While NATS is unreachable, the backplane queues blocks, and appends them when NATS is reachable again. No block is lost as
/// long as the queue (`BackplaneLimits.maximumWaitingBytes`) and the stream (``NATSBackplaneConfiguration/retentionBytes``) are
/// large enough, and NATS keeps its data. Receivers count the blocks that are lost.
///
/// The backplane drops and counts blocks that are larger than the setting `max_payload` of nats-server, which is 1 MiB by default.
public final class NATSBackplane: Backplane {
    private enum Phase {
        case new
        case running(NATSLogClient)
        case stopped
    }

    /// The settings.
    public let configuration: NATSBackplaneConfiguration

    private let outbox: Outbox
    private let waker = WriterWaker()
    private let phase = Mutex(Phase.new)

    /// A backplane that is not connected yet.
    ///
    /// - Throws: A `BackplaneError` when a setting is wrong.
    public init(_ configuration: NATSBackplaneConfiguration) throws(BackplaneError) {
        try configuration.validate()
        self.configuration = configuration
        outbox = Outbox(limits: configuration.limits) { [waker] in waker.wake() }
    }

    /// A backplane with the default settings that is not connected yet.
    ///
    /// - Parameter url: See ``NATSURL``.
    /// - Throws: A `BackplaneError` when the URL is wrong.
    public convenience init(url: String) throws(BackplaneError) {
        try self.init(NATSBackplaneConfiguration(url: NATSURL(url)))
    }

    /// Connects, creates the stream if necessary, and checks that NATS takes an entry and delivers it.
    ///
    /// - Throws: A `BackplaneError`: at once when a setting of this server or of NATS has to be changed, otherwise after
    ///   ``NATSBackplaneConfiguration/startTimeout``. `CancellationError` when the task is cancelled. After an error, the
    ///   backplane has stopped.
    public func start(for fingerprint: ProtocolFingerprint, _ receiver: any BackplaneReceiver) async throws {
        let client = try phase.withLock { phase throws(BackplaneError) in
            switch phase {
            case .new: break
            case .running: throw BackplaneError.alreadyStarted
            case .stopped: throw BackplaneError.stopped
            }
            let client = NATSLogClient(configuration, fingerprint, outbox, receiver, waker)
            phase = .running(client)
            return client
        }
        do {
            client.start()
            try await client.startOutcome.wait()
        } catch {
            await stop()
            throw error
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

    /// Waits until NATS has acknowledged every block that was published before.
    public func drain(within timeout: Duration) async -> Bool { await outbox.drain(within: timeout) }

    /// Closes the connection, and waits until both threads have ended.
    ///
    /// An attempt to connect whose TCP connection is not established ends after ``NATSBackplaneConfiguration/connectTimeout`` at the
    /// latest.
    public func stop() async {
        let running = phase.withLock { phase in
            defer { phase = .stopped }
            return phase
        }
        outbox.close()
        if case .running(let client) = running { await client.stop() }
    }

    /// The state and the counters.
    public var status: BackplaneStatus {
        switch phase.withLock({ $0 }) {
        case .new: return BackplaneStatus()
        case .running(let client): return client.status
        case .stopped:
            var status = BackplaneStatus()
            status.state = .stopped
            return status
        }
    }

    private var client: NATSLogClient? {
        if case .running(let client) = phase.withLock({ $0 }) { client } else { nil }
    }
}
#else
/// A backplane over a stream of NATS JetStream, for programs with the package trait `NATS`.
@available(
    *,
    unavailable,
    message: "depend on Switchboard with `traits: [\"NATS\"]`, and install libnats (libnats-dev)"
)
public struct NATSBackplane: Sendable {
    // With initializers that take what those of the real type take, the compiler shows the message above where one is called.

    /// Not available without the trait.
    public init(url: String) throws {}

    /// Not available without the trait.
    public init<Configuration>(_ configuration: Configuration) throws {}
}
#endif
