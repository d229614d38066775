internal import Logging
internal import SwitchboardBackplane
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

/// Joins the workers of a server to other servers: publishes what this server broadcasts, and relays what other servers broadcast.
final class BackplaneLink: Sendable {
    /// The unsent bytes of an event loop above which the backplane reads nothing.
    private static let pauseBytes = 16 * 1024 * 1024

    /// The bytes at which it reads again.
    private static let resumeBytes = pauseBytes / 2

    /// The longest name of a room or a user that other servers are told, in bytes.
    private static let maximumNameBytes = ServerConfiguration.maximumRoomNameLimit

    /// The least time for which a server that stops waits until the engine has all blocks.
    private static let minimumDrainTime = Duration.seconds(1)

    let backplane: any Backplane
    private let core: ServerCore
    private let workers: [Worker]
    /// The loop that decides whether to receive.
    private let loop: EventLoop
    private let check: BroadcastCheck
    private let isPaused = Atomic(false)
    private let log: BackplaneLog?
    private let metrics: BackplaneMetrics

    init(_ backplane: any Backplane, _ core: ServerCore, _ workers: [Worker], on loop: EventLoop) {
        self.loop = loop
        self.backplane = backplane
        self.core = core
        self.workers = workers
        check = BroadcastCheck(core)
        log = workers.first.map { BackplaneLog(core.logger, $0) }
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
            "backplane blocks lost",
            metadata: [
                "reason": "the engine has not acknowledged them before the drain timeout",
                "blocks": "\(status.waitingBlocks)", "bytes": "\(status.waitingBytes)",
            ]
        )
    }

    func stop() async {
        handOverMetrics()
        await backplane.stop()
        metrics.handOver(backplane)
    }

    /// Hands the state and the counters of the backplane to the metrics backend.
    func handOverMetrics() { metrics.handOver(backplane) }

    // MARK: Publishing

    /// Publishes what connections of this server have sent to destinations that may have connections on other servers.
    ///
    /// - Returns: Whether these connections are to be held, until ``releasePublishers()``.
    func publish(_ block: FrameBlock) -> Bool {
        var start = 0
        var hasPublished = false
        for part in block.parts {
            defer { start = part.end.bytes }
            guard let target = target(of: part.destination) else { continue }
            hasPublished = true
            let frames = block.bytes[start..<part.end.bytes]
            if frames.count <= BackplaneBlock.maximumBytes {
                let tallies = Self.sums(of: block.tallies[part.tallies])
                publish(frames, tallies, for: target, closesReceivers: part.closing != nil)
            } else {
                for piece in check.pieces(of: frames, limit: BackplaneBlock.maximumBytes) {
                    let isLast = piece.end == frames.count
                    let bytes = frames[piece.start..<piece.end]
                    publish(bytes, piece.tallies, for: target, closesReceivers: part.closing != nil && isLast)
                }
            }
        }
        return hasPublished && backplane.holdsPublishers
    }

    /// The target for a destination; `nil` when it has no connections on other servers.
    private func target(of destination: Destination) -> BackplaneBlock.Target? {
        switch destination {
        case .all: .all
        // A connection can be in no other room.
        case .room(let name): (1...Self.maximumNameBytes).contains(name.utf8.count) ? .room(name) : nil
        case .user(let name): name.utf8.count <= Self.maximumNameBytes ? .user(name) : nil
        case .session(let session): session.server == core.serverID ? nil : .session("\(session)")
        case .connection: nil
        }
    }

    private func publish(
        _ frames: Bytes,
        _ tallies: [BackplaneBlock.Tally],
        for target: BackplaneBlock.Target,
        closesReceivers: Bool
    ) {
        // The queue of the backplane counts the frames, and not what they would keep in memory beside them.
        let frames = frames.keepsMuchElse ? frames.copied() : frames
        backplane.publish(BackplaneBlock(for: target, frames, tallies: tallies, closesReceivers: closesReceivers))
    }

    private static func sums(of tallies: ArraySlice<FrameBlock.Tally>) -> [BackplaneBlock.Tally] {
        var sums: [BackplaneBlock.Tally] = []
        for tally in tallies {
            sums.add(
                .init(
                    code: tally.code,
                    messages: UInt32(clamping: tally.messages),
                    bytes: UInt32(clamping: tally.bytes)
                )
            )
        }
        return sums
    }

    // MARK: Relaying

    /// An event loop has sent some of its backlog: the backplane may read again.
    func backlogShrank(of worker: Worker) {
        guard isPaused.load(ordering: .sequentiallyConsistent), worker.backlog.bytes <= Self.resumeBytes else { return }
        loop.execute { self.pauseOrResume() }
    }

    /// Pauses or resumes the backplane, as the backlogs of the event loops require.
    ///
    /// Only one event loop decides, so that a pause and a resumption cannot cross each other.
    private func pauseOrResume() {
        if !isPaused.load(ordering: .relaxed) {
            guard workers.contains(where: { $0.backlog.bytes > Self.pauseBytes }) else { return }
            isPaused.store(true, ordering: .sequentiallyConsistent)
            backplane.pauseReceiving()
        }
        // The loops may have sent all of it meanwhile.
        guard workers.allSatisfy({ $0.backlog.bytes <= Self.resumeBytes }) else { return }
        isPaused.store(false, ordering: .sequentiallyConsistent)
        backplane.resumeReceiving()
    }

    private func pauseIfBehind() {
        guard !isPaused.load(ordering: .relaxed), workers.contains(where: { $0.backlog.bytes > Self.pauseBytes }) else {
            return
        }
        loop.execute { self.pauseOrResume() }
    }
}

extension BackplaneLink: BackplaneReceiver {
    func received(_ block: BackplaneBlock, from server: ServerIncarnation) {
        if block.frames.isEmpty, !block.closesReceivers { return }
        guard let destination = Destination(block.target), let tallies = check.tallies(of: block.frames) else {
            metrics.countInvalid()
            log?.noteInvalid(from: server)
            return
        }
        let frames = FrameBlock(block.frames, tallies, to: destination, closesReceivers: block.closesReceivers)
        for worker in workers { worker.relay(frames) }
        pauseIfBehind()
    }

    func releasePublishers() {
        for worker in workers { worker.loop.execute { worker.releasePublishers() } }
    }

    func backplaneChanged(_ event: BackplaneEvent) {
        handOverMetrics()
        log?.note(event)
    }
}

extension Destination {
    /// The destination of a block of another server; `nil` when it has the name of a session that no server has.
    fileprivate init?(_ target: BackplaneBlock.Target) {
        switch target {
        case .all: self = .all
        case .room(let name): self = .room(name)
        case .user(let name): self = .user(name)
        case .session(let text):
            guard let session = SessionID(text) else { return nil }
            self = .session(session)
        }
    }
}

extension Worker {
    /// Publishes what connections of this loop have broadcast, and stops reading them if the backplane is behind.
    func publish(_ block: FrameBlock, to link: BackplaneLink) {
        guard link.publish(block), !isDraining else { return }
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
