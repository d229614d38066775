internal import Logging
internal import SwitchboardTransport
internal import Synchronization

/// Reports event loops that hang, for example because a handler without `async` blocks.
///
/// It runs on an event loop that handles no messages, as long as the server has connections.
final class LoopWatchdog: @unchecked Sendable {
    /// The time between two checks.
    private static let interval = Duration.milliseconds(250)

    /// The duration of an iteration, in nanoseconds, from which an event loop counts as hanging.
    private static let patience: UInt64 = 500_000_000

    private let loop: EventLoop
    private let core: ServerCore
    private let workers: [Worker]
    private let isRunning = Atomic(false)
    // Only the loop uses the properties below.
    private let deadline = Deadline()
    /// The duration of the current iteration of each event loop that hangs, by position, in nanoseconds.
    private var hanging: [Int: UInt64] = [:]

    init(on loop: EventLoop, _ core: ServerCore, _ workers: [Worker]) {
        self.loop = loop
        self.core = core
        self.workers = workers
    }

    /// Starts the checks, which end when the server has no connections; any thread may call this method.
    func start() {
        if isRunning.load(ordering: .relaxed) || isRunning.exchange(true, ordering: .relaxed) { return }
        loop.execute { self.continueChecks() }
    }

    private func continueChecks() {
        deadline.start(in: loop.deadlines(lasting: Self.interval), delegate: self)
    }

    private func look(at position: Int) {
        let worker = workers[position]
        let time = worker.loop.timeInIteration
        if time >= Self.patience {
            if hanging.updateValue(time, forKey: position) == nil { report(worker, time) }
        } else if let time = hanging.removeValue(forKey: position) {
            let metadata: Logger.Metadata = ["loop": "\(worker.loop.label)", "hung": "\(text(time))"]
            core.logger.warning("event loop continues", metadata: metadata)
        }
    }

    private func report(_ worker: Worker, _ time: UInt64) {
        core.metrics.countHang()
        var metadata: Logger.Metadata = ["loop": "\(worker.loop.label)", "for": "\(text(time))"]
        // Outside handlers, all work is bounded: the machine did not let the event loop run.
        let place = worker.placeInHandlers
        metadata.merge(place ?? [:]) { $1 }
        let level: Logger.Level = place == nil ? .warning : .error
        core.logger.log(level: level, "event loop hangs: its connections are blocked", metadata: metadata)
    }

    private func text(_ nanoseconds: UInt64) -> String { "\(nanoseconds / 1_000_000) ms" }
}

extension LoopWatchdog: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) {
        for position in workers.indices { look(at: position) }
        if core.slots.taken > 0 || !hanging.isEmpty { return continueChecks() }
        isRunning.store(false, ordering: .relaxed)
        // A connection may have found the checks running before.
        if core.slots.taken > 0 { start() }
    }
}

extension Worker {
    /// The handler that the event loop runs, as metadata of a log line; `nil` when it runs none.
    ///
    /// Any thread may read it.
    var placeInHandlers: Logger.Metadata? {
        switch currentMessage.place {
        case .message(let id, let code): ["connection": "\(id)", "message": "\(core.name(of: code))"]
        case .connection(let id): ["connection": "\(id)", "handler": "onConnect"]
        case .disconnection(let id): ["connection": "\(id)", "handler": "onDisconnect"]
        case nil: nil
        }
    }
}
