internal import Logging
internal import SwitchboardRouter
internal import SwitchboardTransport

// What a worker does now and then: closes connections from which nothing came in time, and summarises what was not logged.

extension Worker: DeadlineDelegate {
    /// How often.
    private static let tickInterval = Duration.milliseconds(500)

    /// How many connections are closed at once because nothing came in time.
    private static let maximumExpiriesPerTurn = 256

    /// Lets the tick run, which it does as long as there is something to look at.
    func startTick() {
        if !tick.isRunning { tick.start(in: loop.deadlines(lasting: Self.tickInterval), delegate: self) }
    }

    func deadlinePassed(_ deadline: Deadline) {
        if deadline === drainTick { return drainSome() }
        expireConnections(from: 0)
        summariseEvents()
        handOverMetrics(after: deadline)
        if !connections.isEmpty || !repeatedEvents.isEmpty { startTick() }
    }

    private func expireConnections(from start: Int) {
        var position = start
        for _ in 0..<Self.maximumExpiriesPerTurn {
            guard let expired = expiries.takeExpired(from: position, at: loop.now) else { return }
            connections[expired].expire()
            position = expired + 1
        }
        // Positions may change until then: none is missed, since those that were seen have no time any more.
        loop.execute { self.expireConnections(from: 0) }
    }

    // MARK: Logs

    /// Counts an event; returns whether it is to be logged.
    func isLogged(_ event: RepeatedEvent) -> Bool {
        startTick()
        return repeatedEvents.isLogged(event, at: loop.now)
    }

    /// Logs that a connection was refused.
    func noteRefusal(_ reason: RefusalReason, id: ConnectionID, remoteAddress: SocketAddress) {
        guard isLogged(.refusal(reason)) else { return }
        core.logger.info(
            "connection refused",
            metadata: ["connection": "\(id)", "peer": "\(remoteAddress)", "reason": "\(reason.rawValue)"]
        )
    }

    private func summariseEvents() {
        for (event, count) in repeatedEvents.takeSummary(at: loop.now) {
            core.logger.log(level: event.level, "\(event.summary)", metadata: ["count": "\(count)"])
        }
    }
}
