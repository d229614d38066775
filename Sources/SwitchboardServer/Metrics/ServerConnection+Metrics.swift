internal import SwitchboardRouter
internal import SwitchboardTransport

// What is counted of a connection.

extension ServerConnection {
    /// How long it has been open, to 67 ms, and not less.
    var age: Duration {
        let units = max(UInt32(truncatingIfNeeded: loop.now >> 26) &- openedAt, 1)
        return .nanoseconds(Int64(units) << 26)
    }

    /// Counts a fault of the peer.
    func count(_ fault: Fault) {
        faultCount &+= 1
        lastFault = fault
        worker.metrics.countFault(fault.rawValue)
    }

    /// Counts an error message that a handler chose to answer with.
    func count(_ error: any ErrorMessage) {
        if let fault = error.fault { return count(fault) }
        faultCount &+= 1
        worker.metrics.countFault(LabelledCounters.other)
    }

    /// Counts what a handler has answered, or taken without an answer.
    @inline(__always)
    func countHandled(_ slot: Int, replyBytes: Int, _ counters: MessageCounters) {
        counters.countHandled(slot, replyBytes: replyBytes)
        sentBytes &+= UInt64(truncatingIfNeeded: replyBytes)
    }

    /// Keeps what is known of a connection that has closed.
    func noteClosed(_ reason: CloseReason) {
        worker.metrics.countClosed(reason)
        let summary = ConnectionSnapshot(self).summary
        core.closed.append(ClosedConnection(summary: summary, reason: reason.label, time: .now))
    }
}
