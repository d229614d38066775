internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// The event loops of a server, and the one that accepts connections for them.
final class WorkerGroup: Sendable {
    let core: ServerCore
    let acceptor: EventLoop
    private let workers: [Worker]
    /// Works on the acceptor's loop, which serves nobody.
    let memoryReturn: MemoryReturn
    private let watchdog: LoopWatchdog
    private let accepted = Atomic<ConnectionID>(0)

    /// A group with loops of its own, as many as the configuration says.
    ///
    /// - Throws: When the system has no descriptors for one of them; none is left then.
    convenience init(_ core: ServerCore) async throws {
        let acceptor = try EventLoop(label: "switchboard.acceptor")
        var loops: [EventLoop] = []
        do {
            for number in 1...core.configuration.eventLoops {
                loops.append(try EventLoop(label: "switchboard.loop.\(number)"))
            }
        } catch {
            for loop in [acceptor] + loops { await loop.stopped() }
            throw error
        }
        self.init(core, acceptor: acceptor, loops: loops)
    }

    init(_ core: ServerCore, acceptor: EventLoop, loops: [EventLoop]) {
        self.core = core
        self.acceptor = acceptor
        memoryReturn = MemoryReturn(on: acceptor)
        workers = loops.map { Worker(loop: $0, core: core) }
        watchdog = LoopWatchdog(on: acceptor, core, workers)
        for worker in workers { worker.group = self }
    }

    /// Deals a new connection out to the next worker in turn.
    func place(_ descriptor: Int32, _ remoteAddress: SocketAddress) {
        let id = accepted.wrappingAdd(1, ordering: .relaxed).newValue
        let worker = workers[Int(id % UInt64(workers.count))]
        watchdog.start()
        switch core.slots.take(for: remoteAddress) {
        case .admitted:
            worker.loop.execute { worker.adopt(descriptor, id: id, remoteAddress: remoteAddress) }
        case .refused(let reason):
            worker.loop.execute { worker.refuse(descriptor, id: id, remoteAddress: remoteAddress, reason) }
        case .turnedAway(let reason):
            turnAway(descriptor, reason)
        }
    }

    /// Closes at once: too many are being told already that there is no place for them.
    ///
    /// Not on a worker's loop, where descriptors without a place would pile up if it hung.
    private func turnAway(_ descriptor: Int32, _ reason: RefusalReason) {
        core.metrics.countRefusal(reason)
        let stream = SocketStream(adopting: descriptor, on: acceptor, remoteAddress: nil, limits: core.socketLimits)
        stream.abort(.requested)
    }

    /// Sends the same bytes to every connection of all workers but one: a job for each loop, a reference for each
    /// connection.
    func send(_ frames: Bytes, _ tallies: [BroadcastLog.Tally], except sender: Worker) {
        for worker in workers where worker !== sender { worker.relay(frames, tallies) }
    }

    /// Runs `job` for each worker, on its loop.
    func forEach(_ job: @escaping @Sendable (Worker) -> Void) {
        for worker in workers { worker.loop.execute { job(worker) } }
    }

    /// Closes every connection once what it has received is answered.
    func drain() {
        forEach { $0.drain() }
    }

    /// Ends all loops, and cuts off what is still open.
    ///
    /// Nothing of it is left when this returns, but for loops that a handler blocks for longer than ``Server/stopTimeout``:
    /// each of those ends by itself when its handler returns.
    func stop() async {
        // A task of its own: the cancellation that may have led here is not to cut the waiting short.
        await Task { await self.endLoops() }.value
    }

    private func endLoops() async {
        let loops = workers.map { $0.loop } + [acceptor]
        let (ended, continuation) = AsyncStream.makeStream(of: Int.self)
        for (position, loop) in loops.enumerated() {
            loop.stop { [core] in
                guard case .terminated = continuation.yield(position) else { return }
                core.logger.info("an event loop has ended after all", metadata: ["loop": "\(loop.label)"])
            }
        }
        let timeout = Task {
            try? await Task.sleep(for: Server.stopTimeout)
            continuation.finish()
        }
        defer { timeout.cancel() }
        var left = Set(loops.indices)
        for await position in ended {
            left.remove(position)
            if left.isEmpty { return }
        }
        for position in left.sorted() {
            var metadata: Logger.Metadata = ["loop": "\(loops[position].label)"]
            if position < workers.count { metadata.merge(workers[position].placeInHandlers ?? [:]) { $1 } }
            core.logger.error("an event loop hangs: the server stops without waiting for it", metadata: metadata)
        }
    }
}

extension EventLoop {
    /// Stops the loop, and returns when nothing is left of it.
    fileprivate func stopped() async {
        await withCheckedContinuation { continuation in
            stop { continuation.resume() }
        }
    }
}
