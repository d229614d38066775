internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// The event loops of a server, and the one that accepts connections for them.
final class WorkerGroup: Sendable {
    private let core: ServerCore
    private let acceptor: EventLoop
    private let workers: [Worker]
    private let accepted = Atomic<ConnectionID>(0)

    init(_ core: ServerCore) throws {
        self.core = core
        acceptor = try EventLoop(label: "switchboard.acceptor")
        workers = try (1...core.configuration.eventLoops).map { number in
            Worker(loop: try EventLoop(label: "switchboard.loop.\(number)"), core: core)
        }
        for worker in workers { worker.group = self }
    }

    /// Listens where the configuration says.
    func listen() throws -> Listener {
        let configuration = core.configuration
        let addresses = try SocketAddress.resolve(host: configuration.host, port: configuration.port)
        return try Listener(
            address: addresses[0],
            backlog: configuration.backlog,
            acceptor: acceptor,
            onAccept: { [self] descriptor, remoteAddress in place(descriptor, remoteAddress) },
            onFailure: { [core] failure in
                core.logger.error("cannot accept connections", metadata: ["reason": "\(failure)"])
            }
        )
    }

    /// Deals a new connection out to the next worker in turn.
    private func place(_ descriptor: Int32, _ remoteAddress: SocketAddress) {
        let id = accepted.wrappingAdd(1, ordering: .relaxed).newValue
        let worker = workers[Int(id % UInt64(workers.count))]
        let isFree = core.slots.take()
        worker.loop.execute {
            if isFree {
                worker.adopt(descriptor, id: id, remoteAddress: remoteAddress)
            } else {
                worker.refuse(descriptor, id: id, remoteAddress: remoteAddress)
            }
        }
    }

    /// Sends the same bytes to every connection of all workers but one: a job for each loop, a reference for each
    /// connection.
    func send(_ frames: Bytes, except sender: Worker) {
        for worker in workers where worker !== sender {
            worker.loop.execute { worker.send(frames) }
        }
    }

    /// Closes every connection once what it is doing is done.
    func closeConnections() {
        for worker in workers {
            worker.loop.execute { worker.closeConnections() }
        }
    }

    /// Ends all loops, and cuts off what is still open.
    ///
    /// Nothing of it is left when this returns.
    func stop() async {
        for loop in [acceptor] + workers.map({ $0.loop }) {
            await withCheckedContinuation { continuation in
                loop.stop { continuation.resume() }
            }
        }
    }
}
