public import Logging
public import Switchboard
internal import SwitchboardClient
internal import SwitchboardServer
internal import SwitchboardTransport
internal import Synchronization

/// A server without a network, a thread or a clock of its own: it does something only when a test does, and its time
/// stands still until the test lets it pass.
///
/// ```swift
/// let server = try TestServer(router)
/// let peer = try server.connect()
/// let reply = try await peer.request(NET001.Echo(data: "Hello"))
/// ```
///
/// From the first byte to the last everything else is what a `Server` has: streams, frames, limits, handlers, replies.
/// Its connections are pairs of sockets that are connected to each other within the system.
///
/// It may be used from any thread, but not by the handlers that it calls. Handlers that wait for something go on by
/// themselves, in real time; whoever waits for what they do gives up after ``patience``.
public final class TestServer: Sendable {
    /// How long, in real time, a test waits for what the server does.
    public let patience: Duration

    /// When its clock begins, in nanoseconds: not at 0, which code could take for "never".
    private static let startOfTime: UInt64 = 1_000_000_000_000

    let wireProtocol: any WireProtocol.Type
    private let loop: EventLoop
    private let runner: LoopRunner
    private let server: EmbeddedServer
    private let wakeSignal: WakeSignal
    /// Held by whoever runs the loop, or looks at what it has done.
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
    ///   - configuration: The limits to keep. Where to listen, and on how many loops, does not count.
    ///   - logger: Where it says what happens to its connections; nowhere unless said otherwise.
    ///   - patience: See ``patience``.
    /// - Throws: What `Server.init(_:configuration:logger:)` throws.
    public init(
        _ router: Router,
        configuration: ServerConfiguration = ServerConfiguration(),
        logger: Logger = Logger(label: "switchboard.testing", factory: { _ in SwiftLogNoOpLogHandler() }),
        patience: Duration = .seconds(10)
    ) throws {
        self.patience = patience
        wireProtocol = router.wireProtocol
        let wakeSignal = WakeSignal()
        self.wakeSignal = wakeSignal
        let runner = LoopRunner()
        self.runner = runner
        loop = try EventLoop(label: "test server", runByHandFrom: Self.startOfTime) {
            wakeSignal.signal()
            runner.wake()
        }
        server = try EmbeddedServer(router, configuration: configuration, logger: logger, on: loop)
    }

    deinit {
        loop.stop()
        loop.run(at: Self.startOfTime)
    }

    /// How much time has passed on its clock since it was made.
    public var elapsed: Duration {
        .nanoseconds(Int64(clamping: state.withLock { $0.time } - Self.startOfTime))
    }

    /// How many connections are open, or have handlers that are not done.
    public var openConnections: Int {
        state.withLock { run(&$0) }
        return server.openConnections
    }

    /// Opens a connection.
    ///
    /// - Parameters:
    ///   - host: The IPv4 or IPv6 address that the server is to see.
    ///   - link: How its bytes travel to the server.
    /// - Returns: The other end of it.
    /// - Throws: A `TransportError` when `host` is no address, or the system has no descriptors left.
    public func connect(from host: String = "127.0.0.1", link: Link = Link()) throws -> TestPeer {
        try connect(from: host) { state, inside, outside in
            let traffic = TestPeer.Traffic((outside, inside), link)
            state.peers.append(traffic)
            return TestPeer(self, traffic)
        }
    }

    /// Connects a client as a program has it, but for the network: it is there to test what a program does with it.
    ///
    /// Its time is the server's: requests time out, and heartbeats are sent, when a test lets time pass. Whatever follows
    /// from what is done with it happens by itself.
    ///
    /// - Parameters:
    ///   - host: The IPv4 or IPv6 address that the server is to see.
    ///   - configuration: The limits to keep. How to connect does not count: it has one connection and makes no other, so
    ///     that there are no `Client.events`.
    /// - Returns: The client, which keeps the server.
    /// - Throws: A `ClientError` when the configuration makes no sense; what ``connect(from:link:)`` throws.
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

    /// Opens a connection, whose other end `body` takes over unless it throws.
    private func connect<End>(
        from host: String,
        _ body: (inout State, _ inside: Int32, _ outside: Int32) throws -> End
    ) throws -> End {
        let (inside, outside) = try SocketPair.make()
        return try state.withLock { state in
            do {
                // A port that no system gives to a client: what shows up in a log is from a test.
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

    /// Lets time pass on its clock: whatever is due until then happens, in order.
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

    /// Stops it as a graceful shutdown does: every connection is closed once what it has received is answered.
    ///
    /// Many connections are closed bit by bit, as time passes.
    public func drain() {
        server.drain()
        state.withLock { run(&$0) }
    }

    // MARK: For peers

    /// Does something with the traffic of a peer, before all that follows from it.
    func update<Result>(_ body: () throws -> Result) rethrows -> Result {
        try state.withLock { state in
            defer { run(&state) }
            return try body()
        }
    }

    /// Waits until `body` returns something.
    ///
    /// - Throws: What `body` throws; a ``TestError`` after ``patience``.
    func wait<Result>(for what: String, _ body: () throws -> Result?) async throws -> Result {
        let end = ContinuousClock.now + patience
        while true {
            // Counted before the loop is run: what another thread hands it after that is seen as a signal more.
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
                throw TestError(.nothingCame, "\(what) did not come within \(patience)")
            }
        }
    }

    // MARK: Running

    /// The next time at which something happens by itself.
    private func nextEvent(_ state: State) -> UInt64? {
        let arrivals = state.peers.compactMap { $0.nextArrival(after: state.time) }
        return (arrivals + [loop.nextDeadline].compactMap(\.self)).min()
    }

    /// Lets everything happen that is due.
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
        // Others may wait for what this has brought about.
        if hasWorked { wakeSignal.signal() }
    }
}
