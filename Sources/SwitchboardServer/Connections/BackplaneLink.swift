internal import Logging
internal import SwitchboardBackplane
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// Joins the workers of a server to other servers: publishes what this server broadcasts, and relays what other servers broadcast.
final class BackplaneLink: Sendable {
    /// The bytes that an event loop has not sent yet above which the backplane reads nothing.
    private static let pauseBytes = 16 * 1024 * 1024

    /// The bytes at which it reads again.
    private static let resumeBytes = pauseBytes / 2

    /// The least time for which a server that stops waits until the engine has all blocks.
    private static let minimumDrainTime = Duration.seconds(1)

    let backplane: any Backplane
    private let core: ServerCore
    private let workers: [Worker]
    private let check: BroadcastCheck
    private let isPaused = Atomic(false)
    private let log: BackplaneLog
    private let metrics: BackplaneMetrics

    init(_ backplane: any Backplane, _ core: ServerCore, _ workers: [Worker]) {
        self.backplane = backplane
        self.core = core
        self.workers = workers
        check = BroadcastCheck(core)
        log = BackplaneLog(core.logger)
        metrics = BackplaneMetrics(core.metrics.factory)
    }

    // MARK: Start and end

    /// Connects to the engine.
    ///
    /// - Throws: A `BackplaneError`.
    func start() async throws {
        try await backplane.start(for: ProtocolFingerprint(core.wireProtocol), self)
    }

    /// Waits until the engine has every block, for the time that is left of a drain, and at least 1 s.
    func drain(within timeout: Duration) async {
        if await backplane.drain(within: max(timeout, Self.minimumDrainTime)) { return }
        let status = backplane.status
        core.logger.error(
            "messages for other servers were lost: the backplane did not take them before the drain timeout",
            metadata: ["blocks": "\(status.waitingBlocks)", "bytes": "\(status.waitingBytes)"]
        )
    }

    func stop() async {
        handOverMetrics()
        await backplane.stop()
        metrics.handOver(backplane.status)
    }

    /// Hands the state and the counters of the backplane to the metrics backend.
    func handOverMetrics() { metrics.handOver(backplane.status) }

    // MARK: Publishing

    /// Publishes what connections of this server have broadcast.
    ///
    /// - Returns: Whether these connections are to be held, until ``releasePublishers()``.
    func publish(_ frames: Bytes, _ tallies: [BroadcastLog.Tally]) -> Bool {
        var sums: [BackplaneBlock.Tally] = []
        for tally in tallies {
            let messages = UInt32(clamping: tally.messages)
            let bytes = UInt32(clamping: tally.bytes)
            if let index = sums.firstIndex(where: { $0.code == tally.code }) {
                sums[index].messages &+= messages
                sums[index].bytes &+= bytes
            } else {
                sums.append(.init(code: tally.code, messages: messages, bytes: bytes))
            }
        }
        backplane.publish(BackplaneBlock(for: .all, frames, tallies: sums))
        return backplane.holdsPublishers
    }

    // MARK: Relaying

    /// An event loop has sent some of its backlog: the backplane may read again.
    func backlogShrank() {
        guard isPaused.load(ordering: .relaxed), workers.allSatisfy({ $0.backlog.bytes <= Self.resumeBytes }),
            isPaused.exchange(false, ordering: .acquiringAndReleasing)
        else { return }
        backplane.resumeReceiving()
    }

    private func pauseIfBehind() {
        guard workers.contains(where: { $0.backlog.bytes > Self.pauseBytes }),
            !isPaused.exchange(true, ordering: .acquiringAndReleasing)
        else { return }
        backplane.pauseReceiving()
        // The loops may have sent all of it meanwhile.
        backlogShrank()
    }
}

extension BackplaneLink: BackplaneReceiver {
    func received(_ block: BackplaneBlock, from server: ServerIncarnation) {
        guard block.target == .all, !block.frames.isEmpty else { return }
        guard let tallies = check.tallies(of: block.frames) else {
            metrics.countInvalid()
            return log.noteInvalid(from: server)
        }
        for worker in workers { worker.relay(block.frames, tallies, from: self) }
        pauseIfBehind()
    }

    func releasePublishers() {
        for worker in workers { worker.loop.execute { worker.releasePublishers() } }
    }

    func backplaneChanged(_ event: BackplaneEvent) {
        handOverMetrics()
        log.note(event)
    }
}

extension Worker {
    /// Publishes what connections of this loop have broadcast, and stops reading them if the backplane is behind.
    func publish(_ frames: Bytes, to link: BackplaneLink) {
        guard link.publish(frames, broadcasts.tallies), !isDraining else { return }
        for publisher in broadcasters where !publisher.isHeld {
            publisher.hold()
            heldPublishers.append(publisher)
        }
    }

    /// Reads the connections again that were held.
    func releasePublishers() {
        let publishers = heldPublishers
        heldPublishers = []
        for publisher in publishers { publisher.release() }
    }
}

extension ServerConnection {
    /// Stops reading, because the peer publishes more than other servers can take.
    func hold() {
        isHeld = true
        stream.pauseReading()
    }

    /// Reads again, unless the connection waits for suspended handlers.
    func release() {
        isHeld = false
        guard state.isOpen, !state.waitsForHandlers else { return }
        renewExpiry()
        stream.resumeReading()
        perform(state.inputReleased())
    }
}
