public import Logging
public import ServiceLifecycle
public import SwitchboardRouter
internal import SwitchboardTLS
public import SwitchboardTransport
internal import Synchronization
public import UnixSignals

// From a connection to its messages, in order: `Server` makes a `ServerCore` (what all connections share) and a
// `WorkerGroup`, whose `Worker`s each have an event loop. A `ServerConnection` is one peer; its `ConnectionState` decides what
// an event leads to. `MessageLoop` handles read bursts: it finds frames, asks the rates (Limits/), and calls routes.
// `SuspendedHandlers` does the same for `async` handlers. `Worker+Broadcasts` sends to many peers, `Worker+Tick` does what is
// due twice a second. Metrics/ counts, Logs/ throttles repeated lines.

/// A TCP server that puts messages through to the handlers of a router.
///
/// ```swift
/// var router = Router(NET001.self)
/// router.register(Shout())
/// try await Server(router, configuration: .init(port: 5000)).run()
/// ```
///
/// SIGTERM and SIGINT let it drain: see ``run(gracefulShutdownSignals:)``. It is a `Service`, too: in a `ServiceGroup` it
/// stops gracefully with the rest of the program.
public final class Server: Service {
    /// What to listen on and the limits to keep.
    public let configuration: ServerConfiguration

    /// How long event loops may take to end once the connections that are left are cut off.
    public static let stopTimeout = Duration.seconds(2)

    private let core: ServerCore
    private let listening = Listening()
    private let hasRun = Atomic(false)
    let sharedState = SharedServerState()
    private let runningWorkers = Mutex<WorkerGroup?>(nil)

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - router: The handlers of its messages.
    ///   - configuration: What to listen on and the limits to keep.
    ///   - logger: Where it says what happens to it and its connections.
    /// - Throws: A `RouterError`, a ``ConfigurationError`` or a `TLSError`: the first mistake.
    public init(
        _ router: Router,
        configuration: ServerConfiguration = ServerConfiguration(),
        logger: Logger = Logger(label: "switchboard.server")
    ) throws {
        self.configuration = configuration
        core = try ServerCore(router, configuration: configuration, logger: logger)
    }

    /// The first of ``listeningAddresses``.
    ///
    /// - Throws: What ``listeningAddresses`` throws.
    public var listeningAddress: SocketAddress {
        get async throws { try await listening.addresses[0] }
    }

    /// The addresses that the server listens on, available once it listens: with the real port where the configuration
    /// says 0.
    ///
    /// There is more than one when ``ServerConfiguration/host`` is a name with several addresses. All have the same port.
    ///
    /// - Throws: What ``run()`` throws when the server cannot listen; a `CancellationError` when the server has been stopped,
    ///   or the waiting task is cancelled.
    public var listeningAddresses: [SocketAddress] {
        get async throws { try await listening.addresses }
    }

    /// Reads the certificates of TLS again; connections that come later get the new ones.
    ///
    /// Without effect on a server without TLS.
    ///
    /// - Throws: A `TLSError` when a file cannot be used; those that were read before are kept then.
    public func reloadCertificates() throws {
        try core.tls?.reload()
    }

    /// Serves until a signal tells it to stop, or its task is cancelled.
    ///
    /// The first signal shuts the server down gracefully, as ``run()`` describes; the second one stops it at once. When the
    /// server has stopped, the signals do again what they did before.
    ///
    /// - Parameter signals: The signals; with an empty array none is touched, and ``run()`` is all that happens.
    /// - Throws: What ``run()`` throws.
    public func run(gracefulShutdownSignals signals: [UnixSignal] = [.sigterm, .sigint]) async throws {
        if signals.isEmpty { return try await serveOnce() }
        let service = ServiceGroupConfiguration.ServiceConfiguration(
            service: self,
            successTerminationBehavior: .gracefullyShutdownGroup
        )
        let group = ServiceGroup(configuration: .init(services: [service], logger: core.logger))
        let running = Task { try await group.run() }
        let isStopping = Atomic(false)
        let trap = SignalTrap(signals.map(\.rawValue)) { _ in
            if isStopping.exchange(true, ordering: .relaxed) { return running.cancel() }
            Task { await group.triggerGracefulShutdown() }
        }
        defer { trap.release() }
        try await withTaskCancellationHandler {
            do { try await running.value } catch is CancellationError {}
        } onCancel: {
            running.cancel()
        }
    }

    /// Serves until it is told to stop: by a graceful shutdown of its `ServiceGroup`, or by cancellation.
    ///
    /// A `ServiceGroup` calls this. `server.run()` in a program calls ``run(gracefulShutdownSignals:)``.
    ///
    /// On a graceful shutdown no more connections are accepted, what has been received is answered, and every peer is told
    /// (`Fault.shuttingDown`, where the protocol has it) and closed, many of them spread over the first half of
    /// ``ServerConfiguration/drainTimeout``. What is not done when that has passed is cut off, as everything is at once on
    /// cancellation. A server runs once.
    ///
    /// What was received of a peer that has too much to read first is answered as soon as it reads.
    ///
    /// An event loop that a handler blocks is waited for until ``stopTimeout`` has passed, too. It is named in the log then,
    /// with the message, and closes its connections when the handler returns.
    ///
    /// - Throws: A `TransportError` when it cannot listen; a ``ServerHasRunError`` when it has run before.
    @_disfavoredOverload  // Of the two methods that `server.run()` may mean, a program gets the other one.
    public func run() async throws {
        try await serveOnce()
    }

    /// Does the same as ``run()``, and something else between taking the ports and accepting connections: for programs that
    /// take other ports, too, and are to serve at all of them or at none.
    ///
    /// - Parameter prepare: What is done when the ports are taken. Clients wait meanwhile. When it throws, the ports are given
    ///   back, and this method throws the same error.
    /// - Throws: What ``run()`` and `prepare` throw.
    public func run(beforeAccepting prepare: @escaping @Sendable () async throws -> Void) async throws {
        try await serveOnce(prepare)
    }

    private func serveOnce(_ prepare: @escaping @Sendable () async throws -> Void = {}) async throws {
        guard !hasRun.exchange(true, ordering: .relaxed) else { throw ServerHasRunError() }
        do {
            defer { sharedState.current = .stopped }
            try await serve(prepare)
            listening.end(with: CancellationError())
        } catch {
            listening.end(with: error)
            throw error
        }
    }

    private func serve(_ prepare: @escaping @Sendable () async throws -> Void) async throws {
        let group = try await WorkerGroup(core)
        runningWorkers.withLock { $0 = group }
        defer { runningWorkers.withLock { $0 = nil } }
        do {
            try await serve(with: group, prepare)
            await group.stop()
            await flushMetrics()
        } catch {
            await group.stop()
            throw error
        }
    }

    private func serve(with group: WorkerGroup, _ prepare: @escaping @Sendable () async throws -> Void) async throws {
        let listeners: [Listener]
        do {
            listeners = try await cancelWhenGracefulShutdown { try await group.listen(prepare) }
        } catch is CancellationError {
            // The server was stopped while the look-up of its host went on.
            return
        }
        warnOfMissingDescriptors()
        for listener in listeners {
            core.logger.info("listening", metadata: ["address": "\(listener.address)"])
        }
        sharedState.current = .ready
        listening.begin(at: listeners.map(\.address))

        try? await gracefulShutdown()

        sharedState.current = .stopping
        core.logger.info("stopping", metadata: ["connections": "\(core.slots.taken)"])
        for listener in listeners {
            await withCheckedContinuation { continuation in
                listener.close { continuation.resume() }
            }
        }
        group.drain()
        await core.slots.waitUntilFree(for: configuration.drainTimeout)
    }

    /// The workers, while it runs.
    var workers: WorkerGroup? { runningWorkers.withLock { $0 } }

    var closedConnections: ClosedConnections { core.closed }

    private func warnOfMissingDescriptors() {
        let limit = DescriptorLimit.current
        guard limit < configuration.neededDescriptors else { return }
        core.logger.warning(
            "this process may not open enough files (ulimit -n): fewer connections are accepted than were asked for",
            metadata: [
                "limit": "\(limit)",
                "needed": "\(configuration.neededDescriptors)",
                "maximumConnections": "\(configuration.affordableConnections)",
            ]
        )
    }
}

/// A server was told to run a second time.
public struct ServerHasRunError: Error, CustomStringConvertible {
    /// One line that says what to do.
    public var description: String { "a server runs once: make another one" }
}
