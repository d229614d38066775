internal import Logging
internal import SwitchboardTransport

/// Notices event loops that hang: a handler without `async` that blocks keeps all connections of its loop waiting.
///
/// It works on the acceptor's loop, which handles nothing, as long as there are connections.
final class LoopWatchdog: @unchecked Sendable {
    /// How often it looks.
    private static let interval = Duration.milliseconds(250)

    /// A loop hangs that has been in the same turn for so long, in nanoseconds.
    private static let patience: UInt64 = 500_000_000

    private let loop: EventLoop
    private let core: ServerCore
    private let workers: [Worker]
    private let deadline = Deadline()
    /// Those that hang, by their positions, and for how long they were seen to, in nanoseconds.
    private var hanging: [Int: UInt64] = [:]

    init(on loop: EventLoop, _ core: ServerCore, _ workers: [Worker]) {
        self.loop = loop
        self.core = core
        self.workers = workers
    }

    /// Begins to look, on its loop; it ends by itself when there are no connections.
    func start() {
        loop.assertIsCurrent()
        if !deadline.isRunning { deadline.start(in: loop.deadlines(lasting: Self.interval), delegate: self) }
    }

    private func look(at position: Int) {
        let worker = workers[position]
        let time = worker.loop.timeInIteration
        if time >= Self.patience {
            if hanging.updateValue(time, forKey: position) == nil { report(worker, time) }
        } else if let time = hanging.removeValue(forKey: position) {
            let metadata: Logger.Metadata = ["loop": "\(worker.loop.label)", "hung": "\(text(time))"]
            core.logger.warning("an event loop goes on", metadata: metadata)
        }
    }

    private func report(_ worker: Worker, _ time: UInt64) {
        core.metrics.countHang()
        var metadata: Logger.Metadata = ["loop": "\(worker.loop.label)", "for": "\(text(time))"]
        // What is done elsewhere is bounded: then it is the machine that does not let the loop run.
        let place = worker.placeInHandlers
        metadata.merge(place ?? [:]) { $1 }
        let level: Logger.Level = place == nil ? .warning : .error
        core.logger.log(level: level, "an event loop hangs: all its connections wait", metadata: metadata)
    }

    private func text(_ nanoseconds: UInt64) -> String { "\(nanoseconds / 1_000_000) ms" }
}

extension LoopWatchdog: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) {
        for position in workers.indices { look(at: position) }
        if core.slots.taken > 0 || !hanging.isEmpty { start() }
    }
}

extension Worker {
    /// Where its loop is in what users have written, for a log; `nil` when it is elsewhere.
    ///
    /// From any thread.
    var placeInHandlers: Logger.Metadata? {
        switch currentMessage.place {
        case .message(let id, let code): ["connection": "\(id)", "message": "\(core.name(of: code))"]
        case .disconnection(let id): ["connection": "\(id)", "handler": "onDisconnect"]
        case nil: nil
        }
    }
}
