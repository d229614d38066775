internal import Logging
internal import SwitchboardBackplane
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// The event loops of a server, and one more that serves no connection.
final class WorkerGroup: Sendable {
    let core: ServerCore
    /// Watches the other loops, and returns memory to the system.
    let supervisor: EventLoop
    let workers: [Worker]
    private let watchdog: LoopWatchdog
    /// The link to other servers, if there is a backplane.
    let backplane: BackplaneLink?
    /// What the server shares with other servers beside messages, if the backplane has a store.
    let cluster: ClusterMembership?
    /// The highest number of a connection so far.
    private let lastID = Atomic<ConnectionID>(0)

    /// A group with the number of event loops in the configuration.
    ///
    /// - Throws: A `TransportError` when the system has no descriptors left. No event loop is left then.
    convenience init(_ core: ServerCore, _ backplane: (any Backplane)? = nil) async throws {
        let supervisor = try EventLoop(label: "switchboard.supervisor")
        var loops: [EventLoop] = []
        do {
            for number in 1...core.configuration.eventLoops {
                loops.append(try EventLoop(label: "switchboard.loop.\(number)"))
            }
        } catch {
            for loop in [supervisor] + loops { await loop.stopped() }
            throw error
        }
        self.init(core, supervisor: supervisor, loops: loops, backplane)
        await Self.openSystemTimer()
    }

    /// Opens the timer of the process that `Task.sleep` uses, by sleeping once.
    ///
    /// The first sleep opens a descriptor that the process then keeps. Without a free descriptor, the sleep would never end: a
    /// server whose clients use all descriptors would wait for a busy event loop forever.
    private static func openSystemTimer() async {
        try? await Task.sleep(for: .milliseconds(1))
    }

    init(_ core: ServerCore, supervisor: EventLoop, loops: [EventLoop], _ backplane: (any Backplane)? = nil) {
        self.core = core
        self.supervisor = supervisor
        let memoryReturn = MemoryReturn(on: supervisor)
        let workers = loops.enumerated().map { Worker(loop: $1, number: $0, core: core, memoryReturn) }
        self.workers = workers
        self.backplane = backplane.map { BackplaneLink($0, core, workers, on: supervisor) }
        cluster = backplane?.store.map { ClusterMembership($0, core, workers) }
        watchdog = LoopWatchdog(on: supervisor, core, workers)
        for worker in workers { worker.join(self) }
    }

    /// Serves a connection on the event loop that accepted it, or on one with fewer connections.
    ///
    /// On the loop of the worker that accepted it.
    func place(_ descriptor: Int32, _ remoteAddress: SocketAddress, acceptedBy worker: Worker) {
        watchdog.start()
        switch core.slots.take(for: remoteAddress, acceptedBy: worker.number) {
        case .admitted(let number):
            let (id, server) = (makeID(for: number), workers[number])
            // A connection does not get what others sent to all before it was opened, and whose job waits.
            if server === worker, !server.loop.hasJobs {
                server.adopt(descriptor, id: id, remoteAddress: remoteAddress)
            } else {
                server.loop.execute { server.adopt(descriptor, id: id, remoteAddress: remoteAddress) }
            }
        case .refused(let reason):
            worker.refuse(descriptor, id: makeID(for: worker.number), remoteAddress: remoteAddress, reason)
        case .aborted(let reason): worker.abort(descriptor, reason)
        }
    }

    /// Makes the number of a connection of a worker: the next one by which `workers.serving(_:)` finds the worker.
    private func makeID(for worker: Int) -> ConnectionID {
        let count = ConnectionID(workers.count)
        var last = lastID.load(ordering: .relaxed)
        while true {
            let skipped = (ConnectionID(worker) + count - last % count) % count
            let next = last &+ skipped &+ 1
            let (isMade, found) = lastID.compareExchange(expected: last, desired: next, ordering: .relaxed)
            if isMade { return next }
            last = found
        }
    }

    /// The worker that serves the connection with a number.
    func worker(of id: ConnectionID) -> Worker { workers.serving(id) }

    /// Sends what an event loop has sent to its own connections in an iteration on to the other loops, and to other servers.
    ///
    /// Every message to other connections passes here, also those that the program sends outside handlers. Each event loop that may
    /// have receivers gets one job, and each connection one reference to the memory.
    func send(_ block: FrameBlock, from sender: Worker) {
        for worker in workers where worker !== sender { worker.relay(block) }
        if let backplane { sender.publish(block, to: backplane) }
    }

    /// Runs `job` for each worker, on its event loop.
    func forEach(_ job: @escaping @Sendable (Worker) -> Void) {
        for worker in workers { worker.loop.execute { job(worker) } }
    }

    /// Closes every connection once the messages that it has received are answered.
    func drain() {
        forEach { $0.drain() }
    }

    /// Stops all event loops, and aborts the connections that are still open.
    ///
    /// It returns when all have stopped, or after ``Server/stopTimeout``. An event loop that a handler blocks for longer stops
    /// when that handler returns.
    func stop() async {
        let loops = workers.map { $0.loop } + [supervisor]
        let hanging = await Self.end(loops, within: Server.stopTimeout) { [core] loop, report in
            loop.stop {
                guard !report() else { return }
                core.logger.info("event loop ended after the stop timeout", metadata: ["loop": "\(loop.label)"])
            }
        }
        for position in hanging {
            var metadata: Logger.Metadata = ["loop": "\(loops[position].label)"]
            if position < workers.count { metadata.merge(workers[position].placeInHandlers ?? [:]) { $1 } }
            core.logger.error("event loop hangs: the server stops without it", metadata: metadata)
        }
    }
}

extension [Worker] {
    /// The worker that serves the connection with a number.
    func serving(_ id: ConnectionID) -> Worker { self[Int((id &- 1) % ConnectionID(count))] }
}

extension EventLoop {
    /// Stops the event loop, and returns when its descriptors and memory are given back.
    fileprivate func stopped() async {
        await withCheckedContinuation { continuation in
            stop { continuation.resume() }
        }
    }
}
