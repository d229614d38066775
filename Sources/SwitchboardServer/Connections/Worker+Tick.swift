internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport
internal import Synchronization

// What a worker does twice a second: it closes connections whose timeout has passed, summarises events that were not logged,
// and hands over its metrics. Below: how it drains.

extension Worker: DeadlineDelegate {
    /// How often the tick runs.
    private static let tickInterval = Duration.milliseconds(500)

    /// The most timeouts that are handled in one iteration of the loop.
    private static let maximumExpiriesPerIteration = 256

    /// Starts the tick, which runs while there are connections, or events to summarise.
    func startTick() {
        if !tick.isRunning { tick.start(in: loop.deadlines(lasting: Self.tickInterval), delegate: self) }
    }

    func deadlinePassed(_ deadline: Deadline) {
        if deadline === drainTick { return drainSome() }
        expireConnections(from: 0)
        summariseEvents()
        handOverMetrics(after: deadline)
        group?.backplane?.handOverMetrics()
        group?.cluster?.handOverMetrics()
        if !connections.isEmpty || !repeatedEvents.isEmpty { startTick() }
    }

    private func expireConnections(from start: Int) {
        var position = start
        for _ in 0..<Self.maximumExpiriesPerIteration {
            guard let expired = expiries.takeExpired(from: position, at: loop.now) else { return }
            connections[expired].expire()
            position = expired + 1
        }
        // Positions may change until then: none is missed, since those that were seen have no time any more.
        loop.execute { self.expireConnections(from: 0) }
    }

    // MARK: Logs

    /// Counts an event; returns whether it is to be logged.
    func isLogged(_ event: RepeatedEvent, amount: Int = 1) -> Bool {
        startTick()
        return repeatedEvents.isLogged(event, amount: amount, at: loop.now)
    }

    /// Logs that a connection was refused.
    func noteRefusal(_ reason: RefusalReason, id: ConnectionID, remoteAddress: SocketAddress) {
        guard isLogged(.refusal(reason)) else { return }
        core.logger.info(
            "connection refused",
            metadata: ["connection": "\(id)", "peer": "\(remoteAddress)", "reason": "\(reason.rawValue)"]
        )
    }

    /// Counts the result of checking the credentials of a connection's peer, and logs it.
    func noteAuthentication(of connection: ServerConnection, user: String, isAccepted: Bool) {
        metrics.countAuthentication(isAccepted)
        startTick()
        let event = RepeatedEvent.authentication(isAccepted: isAccepted)
        guard repeatedEvents.isLogged(event, of: connection.remoteAddress.network, at: loop.now) else { return }
        connection.logger.log(
            level: isAccepted ? .info : .notice,
            "authentication \(isAccepted ? "accepted" : "refused")",
            metadata: ["peer": "\(connection.remoteAddress)", "user": "\(user)"]
        )
    }

    private func summariseEvents() {
        for (event, count) in repeatedEvents.takeSummary(at: loop.now) {
            core.logger.log(level: event.level, "\(event.summary)", metadata: ["count": "\(count)"])
        }
    }
}

// MARK: - Drain

extension Worker {
    private static let drainInterval = Duration.milliseconds(50)

    /// The number of connections that are closed in an interval even if there are few: a small server stops at once.
    private static let minimumDrainBatch = 50

    /// Closes every connection once the messages received from it are answered, and every later connection.
    ///
    /// The closes are spread over the first half of the drain timeout, so that not all clients reconnect at one moment.
    func drain() {
        isDraining = true
        releasePublishers()
        awaitingDrain = connections[...]
        let intervals = max(core.currentConfiguration.drainTimeout / 2 / Self.drainInterval, 1)
        let share = (Double(connections.count) / intervals).rounded(.up)
        drainBatch = max(Int(min(share, 1e6)), Self.minimumDrainBatch)
        drainSome()
    }

    func drainSome() {
        for connection in awaitingDrain.prefix(drainBatch) { connection.drain() }
        awaitingDrain = awaitingDrain.dropFirst(drainBatch)
        guard !awaitingDrain.isEmpty else { return awaitingDrain = [] }
        drainTick.start(in: loop.deadlines(lasting: Self.drainInterval), delegate: self)
    }
}
