internal import SwitchboardRouter
internal import SwitchboardTransport

// The counts of a connection.

extension ServerConnection {
    /// The time since the connection was opened, in steps of 67 ms, and at least one step.
    var age: Duration {
        let units = max(UInt32(truncatingIfNeeded: loop.now >> 26) &- openedAt, 1)
        return .nanoseconds(Int64(units) << 26)
    }

    /// Counts a fault of the peer.
    func count(_ fault: Fault) {
        faultCount &+= 1
        lastFault = fault
        worker.metrics.countFault(fault)
    }

    /// Counts an error message that a handler has thrown.
    func count(_ error: any ErrorMessage) {
        if let fault = error.fault { return count(fault) }
        faultCount &+= 1
        worker.metrics.countFault(nil)
    }

    /// Counts the received messages of a batch, and those of them that were handled on the event loop.
    @inline(__always)
    func count(_ batch: FrameBatch, _ slot: Int, _ counters: MessageCounters) {
        messageCount &+= UInt64(truncatingIfNeeded: batch.count)
        sentBytes &+= UInt64(truncatingIfNeeded: batch.replyBytes)
        counters.count(batch, slot)
    }

    /// Records a connection that has closed.
    func noteClosed(_ reason: CloseReason) {
        worker.metrics.countClosed(reason)
        let summary = ConnectionSnapshot(self).summary
        core.closed.append(ClosedConnection(summary: summary, reason: reason.kind.name, time: .now))
    }
}
