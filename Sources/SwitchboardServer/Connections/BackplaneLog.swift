internal import Logging
internal import SwitchboardBackplane
internal import Synchronization

/// The log lines about a backplane.
///
/// Lines that other servers can cause are throttled.
final class BackplaneLog: Sendable {
    /// The time between two lines about the same kind of loss, in which losses are added up.
    private static let interval = Duration.seconds(1)

    private struct Losses {
        var nextMissed: ContinuousClock.Instant?
        var missed: UInt64 = 0
        var nextInvalid: ContinuousClock.Instant?
        var invalid: UInt64 = 0
    }

    private let logger: Logger
    private let losses = Mutex(Losses())

    init(_ logger: Logger) {
        self.logger = logger
    }

    func note(_ event: BackplaneEvent) {
        switch event {
        case .connected(let address):
            logger.info("backplane connected", metadata: ["engine": "\(address)"])
        case .disconnected(let reason):
            logger.warning(
                "backplane disconnected: messages for other servers are queued",
                metadata: ["reason": "\(reason)"]
            )
        case .degraded:
            logger.error(
                "backplane degraded: connections that broadcast are read again, other servers may miss messages"
            )
        case .dropped(let count):
            logger.error("messages for other servers were dropped", metadata: ["blocks": "\(count)"])
        case .missed(let count, let server): noteMissed(count, from: server)
        case .stolenIncarnation:
            logger.error("another server has the identity of this one, and both ignore each other: restart one of them")
        case .warning(let text):
            logger.warning("backplane at risk", metadata: ["reason": "\(text)"])
        }
    }

    private func noteMissed(_ count: UInt64, from server: ServerIncarnation) {
        let total = losses.withLock { losses -> UInt64? in
            losses.missed &+= count
            guard Self.isDue(&losses.nextMissed) else { return nil }
            defer { losses.missed = 0 }
            return losses.missed
        }
        guard let total else { return }
        logger.error("messages of other servers were missed", metadata: ["blocks": "\(total)", "server": "\(server)"])
    }

    /// Notes a block whose frames are not what a server sends.
    func noteInvalid(from server: ServerIncarnation) {
        let total = losses.withLock { losses -> UInt64? in
            losses.invalid &+= 1
            guard Self.isDue(&losses.nextInvalid) else { return nil }
            defer { losses.invalid = 0 }
            return losses.invalid
        }
        guard let total else { return }
        logger.error(
            "invalid messages on the backplane were discarded",
            metadata: ["blocks": "\(total)", "server": "\(server)"]
        )
    }

    /// Whether the time for a line has come; the next one comes after the interval.
    private static func isDue(_ next: inout ContinuousClock.Instant?) -> Bool {
        let now = ContinuousClock.now
        if let next, now < next { return false }
        next = now + interval
        return true
    }
}
