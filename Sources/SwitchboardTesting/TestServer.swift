internal import Dispatch
public import Logging
public import Switchboard
internal import SwitchboardClient
internal import SwitchboardServer
internal import SwitchboardTransport
internal import Synchronization

/// A server for tests, without a network, a thread or a clock of its own.
///
/// The server runs only during calls of the test, and its time stands still until the test advances it.
///
/// ```swift
/// let server = try TestServer(router)
/// let peer = try server.connect()
/// let reply = try await peer.request(NET001.Echo(data: "Hello"))
/// ```
///
/// Everything else is the code of a `Server`: streams, frames, limits, handlers and replies. A connection is a pair of
/// connected sockets.
///
/// The server may be used from any thread, but not by the handlers that it calls. Suspended handlers continue by
/// themselves, in real time. A test waits for their results for at most ``patience``.
public final class TestServer: Sendable {
    /// The real time that a test waits for the server.
    public let patience: Duration

    /// The start of the server's clock, in nanoseconds; not 0, because 0 means "never" in some places.
    private static let startOfTime: UInt64 = 1_000_000_000_000

    let wireProtocol: any WireProtocol.Type
    private let loop: EventLoop
    private let runner: LoopRunner
    private let server: EmbeddedServer
    private let backplane: InMemoryBackplane?
    private let wakeSignal: WakeSignal
    /// Locked while the event loop runs, and while its results are read.
    private let state = Mutex(State())

    private struct State: Sendable {
        var time = TestServer.startOfTime
        var peers: [TestPeer.Traffic] = []
        var connectionCount = 0
    }

    /// A server without connections.
    ///
    /// - Parameters:
    ///   - router: The handlers of its messages.
    ///   - configuration: The limits. The addresses to listen on and the number of event loops are not used.
    ///   - backplane: Joins the server to other test servers of the process.
    ///   - logger: The log; by default nothing is logged.
    ///   - patience: See ``patience``.
    /// - Throws: What `Server.init(_:configuration:backplane:logger:)` throws; a `BackplaneError` when the backplane has been
    ///   started before.
    public init(
        _ router: Router,
        configuration: ServerConfiguration = ServerConfiguration(),
        backplane: InMemoryBackplane? = nil,
        logger: Logger = Logger(label: "switchboard.testing", factory: { _ in SwiftLogNoOpLogHandler() }),
        patience: Duration = .seconds(10)
    ) throws {
        self.patience = patience
        wireProtocol = router.wireProtocol
        let wakeSignal = WakeSignal()
        self.wakeSignal = wakeSignal
        let runner = LoopRunner()
        self.runner = runner
        let loop = try EventLoop(label: "test server", runByHandFrom: Self.startOfTime) {
            wakeSignal.signal()
            runner.wake()
        }
        do {
            server = try EmbeddedServer(
                router,
                configuration: configuration,
                backplane: backplane,
                logger: logger,
                on: loop
            )
            if let receiver = server.backplaneReceiver { try backplane?.join(for: server.fingerprint, receiver) }
        } catch {
            loop.stop()
            loop.run(at: Self.startOfTime)
            throw error
        }
        self.loop = loop
        self.backplane = backplane
    }

    deinit {
        backplane?.leave()
        loop.stop()
        loop.run(at: Self.startOfTime)
    }

    /// The time on the server's clock since the server was made.
    public var elapsed: Duration {
        .nanoseconds(Int64(clamping: state.withLock { $0.time } - Self.startOfTime))
    }

    /// The number of open connections, and of closed connections whose handlers are still suspended.
    public var openConnections: Int {
        state.withLock { run(&$0) }
        return server.openConnections
    }

    /// Opens a connection.
    ///
    /// - Parameters:
    ///   - host: The IPv4 or IPv6 address of the peer, as the server sees it.
    ///   - link: The network between the peer and the server.
    /// - Returns: The peer.
    /// - Throws: A `TransportError` when `host` is not an address; a ``TestError`` when the system has no descriptors
    ///   left.
    public func connect(from host: String = "127.0.0.1", link: Link = Link()) throws -> TestPeer {
        try connect(from: host) { state, inside, outside in
            let traffic = TestPeer.Traffic((outside, inside), link)
            state.peers.append(traffic)
            return TestPeer(self, traffic)
        }
    }

    /// Connects a `Client`, to test code that uses a client.
    ///
    /// The client uses the clock of the server: requests time out, and heartbeats are sent, when the test advances the
    /// time. After this call, the server also runs outside calls of the test.
    ///
    /// - Parameters:
    ///   - host: The IPv4 or IPv6 address of the client, as the server sees it.
    ///   - configuration: The limits. The settings for connecting are not used: the client does not reconnect.
    /// - Returns: The client, which keeps a reference to the server.
    /// - Throws: A `ClientError` when a value of the configuration is not allowed; what ``connect(from:link:)`` throws.
    public func makeClient(
        from host: String = "127.0.0.1",
        configuration: ClientConfiguration = ClientConfiguration()
    ) throws -> Client {
        runner.start(self)
        return try connect(from: host) { _, _, outside in
            try Client.embedded(
                outside,
                speaking: wireProtocol,
                configuration: configuration,
                on: loop,
                keeping: self
            )
        }
    }

    /// Opens a connection; `body` makes its other end, and owns the descriptor `outside` unless it throws.
    private func connect<End>(
        from host: String,
        _ body: (inout State, _ inside: Int32, _ outside: Int32) throws -> End
    ) throws -> End {
        let (inside, outside) = try SocketPair.make()
        return try state.withLock { state in
            do {
                // Systems do not give such low ports to clients, so the log shows that the address is from a test.
                let port = 1 + state.connectionCount % 1023
                let address = try SocketAddress(host, port: port)
                let end = try body(&state, inside, outside)
                state.connectionCount += 1
                server.serve(inside, from: address)
                run(&state)
                return end
            } catch {
                SocketPair.close(inside)
                SocketPair.close(outside)
                throw error
            }
        }
    }

    /// Advances the server's clock, and runs everything that is due until then, in order.
    public func advance(by duration: Duration) {
        state.withLock { state in
            let end = state.time + min(duration.wholeNanoseconds, .max - state.time)
            while let next = nextEvent(state), next <= end {
                state.time = max(next, state.time)
                run(&state)
            }
            state.time = max(end, state.time)
            run(&state)
        }
    }

    /// Drains the server: every connection closes once all requests received from it are answered.
    ///
    /// When there are many connections, their closing is spread over time.
    public func drain() {
        server.drain()
        state.withLock { run(&$0) }
    }

    // MARK: Other peers

    /// Sends a message to the connections of a destination, as `Server.send(_:to:)` does.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func send(_ message: some Message, to destination: Destination) throws(PayloadError) {
        try server.send(message, to: destination)
        update {}
    }

    /// Sends a message to every peer.
    ///
    /// - Throws: A `PayloadError` when a value does not fit the message's layout.
    public func broadcast(_ message: some Message) throws(PayloadError) {
        try send(message, to: .all)
    }

    /// Every connected peer.
    public var peers: Peers { peers(of: .all) }

    /// Returns the peers of a destination.
    public func peers(of destination: Destination) -> Peers {
        let peers = server.peers(of: destination)
        return Peers { [self] in
            let parts = peers.parts()
            update {}
            return parts
        }
    }

    /// Disconnects the connections of a destination, as `Server.disconnect(_:because:)` does.
    ///
    /// - Parameters:
    ///   - destination: The connections to close.
    ///   - error: The last message to their peers.
    /// - Throws: A `PayloadError` when a value does not fit the layout of the error message.
    public func disconnect(_ destination: Destination, because error: some ErrorMessage) throws(PayloadError) {
        try server.disconnect(destination, because: error)
        update {}
    }

    /// Disconnects the connections of a destination, without a last message.
    public func disconnect(_ destination: Destination) {
        // Without a message, nothing can fail to encode.
        try? server.disconnect(destination, because: nil)
        update {}
    }

    // MARK: For peers

    /// Changes the traffic of a peer with `body`, and then runs everything that follows.
    func update<Result>(_ body: () throws -> Result) rethrows -> Result {
        try state.withLock { state in
            defer { run(&state) }
            return try body()
        }
    }

    /// Runs the server until `body` returns a result.
    ///
    /// - Parameters:
    ///   - what: What the test waits for, for the error.
    ///   - body: Returns the result, or `nil` while there is none.
    /// - Throws: What `body` throws; a ``TestError`` after ``patience``.
    func wait<Result>(for what: String, _ body: () throws -> Result?) async throws -> Result {
        let end = ContinuousClock.now + patience
        while true {
            // Read before the event loop runs, so that a later job from another thread raises the count.
            let signals = wakeSignal.count
            let result = try state.withLock { state in
                run(&state)
                return try body()
            }
            if let result { return result }
            try Task.checkCancellation()
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero, await wakeSignal.wait(after: signals, atMost: left) else {
                try Task.checkCancellation()
                throw TestError(.nothingCame, "\(what) did not arrive within \(patience)")
            }
        }
    }

    // MARK: Running

    /// Returns the time of the next deadline or arrival.
    private func nextEvent(_ state: State) -> UInt64? {
        let arrivals = state.peers.compactMap { $0.nextArrival(after: state.time) }
        return (arrivals + [loop.nextDeadline].compactMap(\.self)).min()
    }

    /// Runs everything that is due.
    private func run(_ state: inout State) {
        var hasWorked = false
        var isBusy = true
        while isBusy {
            let hasDelivered = state.peers.map { $0.deliver(at: state.time) }.contains(true)
            isBusy = loop.run(at: state.time) || hasDelivered
            let hasReceived = state.peers.map { $0.receive() }.contains(true)
            isBusy = isBusy || hasReceived
            hasWorked = hasWorked || isBusy
        }
        state.peers.removeAll { $0.isOver }
        // Other tasks may wait for the results.
        if hasWorked { wakeSignal.signal() }
    }
}

// MARK: - Running without the test

/// Runs a test server on a queue whenever its event loop has a job, for tests that use a client and do not call the
/// server.
private final class LoopRunner: Sendable {
    private struct Server {
        weak var server: TestServer?
    }

    private let isRunning = Atomic(false)
    private let server = Mutex(Server())
    private let queue = DispatchQueue(label: "test server")

    /// Begins to run `server`; the runner keeps no reference to it.
    func start(_ server: TestServer) {
        self.server.withLock { $0.server = server }
        isRunning.store(true, ordering: .releasing)
    }

    /// Runs the server on the queue, because the event loop has a job.
    ///
    /// Any thread may call this method, even with locks held, because the server runs later on the queue.
    func wake() {
        guard isRunning.load(ordering: .acquiring) else { return }
        queue.async { [self] in server.withLock { $0.server }?.update {} }
    }
}

/// Wakes the tasks that wait for the server, when its state may have changed.
private final class WakeSignal: Sendable {
    private struct State {
        var count: UInt64 = 0
        var waiting: [AsyncStream<Never>.Continuation] = []
    }

    private let state = Mutex(State())

    /// The number of signals so far.
    var count: UInt64 { state.withLock { $0.count } }

    /// Wakes all tasks that wait.
    func signal() {
        let waiting = state.withLock { state in
            state.count += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Waits until there have been more than `count` signals.
    ///
    /// - Returns: Whether that happened within `patience`.
    func wait(after count: UInt64, atMost patience: Duration) async -> Bool {
        let (signals, continuation) = AsyncStream.makeStream(of: Never.self)
        let isOld = state.withLock { state in
            if state.count == count { state.waiting.append(continuation) }
            return state.count != count
        }
        if isOld { return true }
        return await withTaskGroup { group in
            group.addTask {
                for await _ in signals {}
                return !Task.isCancelled
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
