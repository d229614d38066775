internal import SwitchboardTransport

// A server that stops does not send all its clients to its successor at the same moment.

extension Worker {
    private static let drainInterval = Duration.milliseconds(50)

    /// This many connections may be closed in an interval however few there are: a small server stops at once.
    private static let minimumDrainBatch = 50

    /// Closes every connection, now and later ones, once what has been received is answered: spread over the first half
    /// of the time there is.
    func drain() {
        isDraining = true
        awaitingDrain = connections[...]
        let intervals = max(core.configuration.drainTimeout / 2 / Self.drainInterval, 1)
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
