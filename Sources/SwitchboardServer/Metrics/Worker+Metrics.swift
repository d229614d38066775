internal import CoreMetrics
internal import SwitchboardTransport
internal import Synchronization

// What a worker has counted reaches the backend with every tick, and when somebody asks for it.

extension Worker {
    /// Hands over what was counted, and how late this tick is.
    func handOverMetrics(after deadline: Deadline) {
        metrics.countLag(loop.clock &- deadline.time)
        handOverMetrics()
    }

    /// Hands over what was counted.
    func handOverMetrics() {
        metrics.handOver(to: core.metrics)
        core.metrics.setGauges { (core.slots.taken, core.suspendedHandlers.load(ordering: .relaxed)) }
    }
}
