public import Logging
public import ServiceLifecycle
public import SwitchboardBackplane
public import SwitchboardRouter
internal import SwitchboardTLS
internal import SwitchboardTransport
internal import Synchronization
public import UnixSignals

/// A TCP server that calls the handlers of a router.
///
/// ```swift
/// var router = Router(NET001.self)
/// router.register(Shout())
/// try await Server(router, configuration: .init(port: 5000)).run()
/// ```
///
/// On SIGTERM and SIGINT the server drains: see ``run(gracefulShutdownSignals:)``. A server is also a `Service`: in a
/// `ServiceGroup` it drains with the rest of the program.
public final class Server: Service {
    /// The addresses to listen on, and the limits, with those that ``updateLimits(_:)`` has changed.
    public var configuration: ServerConfiguration { core.currentConfiguration }

    /// The time that the server waits for its event loops to end after it has aborted the remaining connections.
    public static let stopTimeout = Duration.seconds(2)

    let core: ServerCore
    let backplane: (any Backplane)?
    private let listening = Listening()
    private let hasRun = Atomic(false)
    let sharedState = SharedServerState()
    private let runningWorkers = Mutex<WorkerGroup?>(nil)

    /// A server that does not listen yet.
    ///
    /// - Parameters:
    ///   - router: The handlers of its messages.
    ///   - configuration: The addresses to listen on, and the limits.
    ///   - backplane: The connection to other servers with the same protocol, for broadcasts; `nil` for a server that serves alone. The
    ///     server starts the backplane before it accepts connections, and stops it.
    ///   - logger: The log of the server and its connections.
    /// - Throws: A `RouterError`, a ``ConfigurationError`` or a `TLSError`: the first mistake.
    public init(
        _ router: Router,
        configuration: ServerConfiguration = ServerConfiguration(),
        backplane: (any Backplane)? = nil,
        logger: Logger = Logger(label: "switchboard.server")
    ) throws {
        self.backplane = backplane
        core = try ServerCore(router, configuration: configuration, backplane, logger: logger)
    }

    /// The first of ``listeningAddresses``.
    ///
    /// - Throws: What ``listeningAddresses`` throws.
    public var listeningAddress: SocketAddress {
        get async throws { try await listening.addresses[0] }
    }

    /// The addresses that the server listens on, as soon as it listens.
    ///
    /// If the configuration has port 0, the addresses have the port that the system has selected. There are several addresses when
    /// ``ServerConfiguration/host`` is a name with several addresses; all have the same port.
    ///
    /// - Throws: What ``run()`` throws when the server cannot listen; a `CancellationError` when the server was stopped or the task
    ///   is cancelled.
    public var listeningAddresses: [SocketAddress] {
        get async throws { try await listening.addresses }
    }

    /// Serves until a signal stops the server, or its task is cancelled.
    ///
    /// The first signal starts a graceful shutdown, as ``run()`` describes; the second signal stops the server at once. After that,
    /// the signals have their previous effect again.
    ///
    /// - Parameter signals: The signals; an empty array changes no signal.
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

    /// Serves until a graceful shutdown of its `ServiceGroup`, or cancellation.
    ///
    /// A `ServiceGroup` calls this method. `server.run()` in a program calls ``run(gracefulShutdownSignals:)``.
    ///
    /// On a graceful shutdown the server accepts no further connections, answers the requests that it has received, sends
    /// `Fault.shuttingDown` if the protocol has a code for it, and closes every connection. When there are many connections, the
    /// server spreads their closing over the first half of ``ServerConfiguration/drainTimeout``. After the drain timeout, the
    /// server aborts the remaining connections; on cancellation, it aborts all connections immediately. A server can run only once.
    ///
    /// Clients that have connected, but wait to be accepted, get the same answer: the system would reset them otherwise. Those of
    /// ``ServerConfiguration/listeningDescriptor`` are left to the other processes that may use the socket.
    ///
    /// Handlers that have begun get the replies to their own requests to peers, if the protocol has such requests. The server then
    /// rejects further requests of these peers with `Fault.shuttingDown`, if the protocol has a code for it, and drops their one-way
    /// messages.
    ///
    /// When the pending output for a peer is above the high-water mark, the server answers the requests of that peer as soon as the
    /// peer reads.
    ///
    /// When a handler blocks an event loop, the server waits ``stopTimeout`` longer for that loop. It then logs the event loop and
    /// the message; the event loop closes its connections when the handler returns.
    ///
    /// With a backplane, the server connects to the engine before it accepts connections. When the drain begins, other servers no
    /// longer list its peers. After the last connection has closed, or was aborted, the server waits until the engine has all
    /// broadcasts, also those of closures of `Router.onDisconnect(_:)`, for the rest of the drain timeout and at least one second.
    ///
    /// - Throws: A `TransportError` when the server cannot listen; a `BackplaneError` when its backplane cannot be used; a
    ///   ``ServerHasRunError`` when it has run before.
    @_disfavoredOverload  // Of the two methods that `server.run()` may mean, a program gets the other one.
    public func run() async throws {
        try await serveOnce()
    }

    /// Serves like ``run()``, and calls `prepare` between opening the ports and accepting connections.
    ///
    /// Use this method in a program that also opens other ports, and needs either all of its ports or none.
    ///
    /// - Parameter prepare: A closure that is called when the ports are open; clients wait until it returns. When it throws, the
    ///   server closes the ports and throws the same error.
    /// - Throws: What ``run()`` and `prepare` throw.
    public func run(beforeAccepting prepare: @escaping @Sendable () async throws -> Void) async throws {
        try await run(whenPortsAreOpen: {}, beforeAccepting: prepare)
    }

    /// Serves like ``run(beforeAccepting:)``, and calls `open` before the server connects to its backplane.
    ///
    /// - Parameters:
    ///   - open: A closure that is called when the ports are open. When it throws, the server closes the ports and throws the same
    ///     error.
    ///   - prepare: A closure that is called after `open`, when the server has joined the other servers.
    /// - Throws: What ``run()``, `open` and `prepare` throw.
    package func run(
        whenPortsAreOpen open: @escaping @Sendable () async throws -> Void,
        beforeAccepting prepare: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await serveOnce(open, prepare)
    }

    private func serveOnce(
        _ open: @escaping @Sendable () async throws -> Void = {},
        _ prepare: @escaping @Sendable () async throws -> Void = {}
    ) async throws {
        guard !hasRun.exchange(true, ordering: .relaxed) else { throw ServerHasRunError() }
        do {
            defer { enter(.stopped) }
            try await serve(open, prepare)
            listening.end(with: CancellationError())
        } catch {
            listening.end(with: error)
            throw error
        }
    }

    private func serve(
        _ open: @escaping @Sendable () async throws -> Void,
        _ prepare: @escaping @Sendable () async throws -> Void
    ) async throws {
        let group = try await WorkerGroup(core, backplane)
        runningWorkers.withLock { $0 = group }
        // For limits that changed while the event loops were made.
        group.updateLimits()
        defer { runningWorkers.withLock { $0 = nil } }
        do {
            try await serve(with: group, open, prepare)
            group.cluster?.stop()
            await group.backplane?.stop()
            await group.stop()
            await flushMetrics()
        } catch {
            group.cluster?.stop()
            await group.backplane?.stop()
            await group.stop()
            throw error
        }
    }

    private func serve(
        with group: WorkerGroup,
        _ open: @escaping @Sendable () async throws -> Void,
        _ prepare: @escaping @Sendable () async throws -> Void
    ) async throws {
        DescriptorLimit.makeRoom(for: configuration.neededDescriptors)
        let listeners: [Listener]
        do {
            listeners = try await cancelWhenGracefulShutdown {
                try await group.listen {
                    try await open()
                    try await group.backplane?.start()
                    try await group.cluster?.start()
                    try await prepare()
                }
            }
        } catch is CancellationError {
            // The server was stopped before it listened: while it looked its host up, or while the backplane connected.
            enter(.stopping)
            core.logger.info("stopping", metadata: ["connections": "0"])
            return
        }
        warnOfMissingDescriptors()
        // Before the line in the log: a program that reads the line may ask for the state.
        enter(.ready)
        for listener in listeners {
            core.logger.info("listening", metadata: tlsMetadata.merging(["address": "\(listener.address)"]) { $1 })
        }
        noteCertificate()
        listening.begin(at: listeners.map(\.address))

        try? await gracefulShutdown()

        enter(.stopping)
        core.logger.info("stopping", metadata: ["connections": "\(core.slots.taken)"])
        await group.close(listeners)
        let drainTimeout = configuration.drainTimeout
        let drainEnd = ContinuousClock.now + drainTimeout
        // At the same time, because the engine may not answer.
        async let hasLeft: ()? = group.cluster?.leave()
        group.drain()
        await core.slots.waitUntilFree(for: drainTimeout)
        _ = await hasLeft
        guard let backplane = group.backplane, !Task.isCancelled else { return }
        // Closures of `onDisconnect` send messages while the backplane still takes them.
        if core.slots.taken > 0 { await abortConnections() }
        await sendBroadcasts()
        await backplane.drain(within: drainEnd - .now)
    }

    private func enter(_ state: ServerState) {
        sharedState.current = state
        reportReadiness()
    }

    /// Sets the metrics with the state and the limit of connections.
    func reportReadiness() {
        let state = sharedState.current
        core.metrics.setReady(
            state == .ready,
            connectionLimit: state == .stopped ? 0 : configuration.affordableConnections
        )
    }

    /// The workers, while the server runs.
    var workers: WorkerGroup? { runningWorkers.withLock { $0 } }

    var closedConnections: ClosedConnections { core.closed }

    private func warnOfMissingDescriptors() {
        let limit = DescriptorLimit.current
        let configuration = configuration
        guard limit < configuration.neededDescriptors else { return }
        core.logger.warning(
            "the limit of open files (ulimit -n) is too low: the server accepts fewer connections than configured",
            metadata: [
                "limit": "\(limit)",
                "needed": "\(configuration.neededDescriptors)",
                "maximumConnections": "\(configuration.affordableConnections)",
            ]
        )
    }
}

/// The error of a second call to `run`: a server runs once.
public struct ServerHasRunError: Error, CustomStringConvertible {
    /// The error in one line, with what to do.
    public var description: String { "this server has already run: create a new Server" }
}
