internal import Logging
internal import SwitchboardBackplane
internal import SwitchboardTransport

/// The log lines about a backplane.
///
/// Losses, which other servers can cause again and again, are throttled and summarised like the events of connections, by one of the
/// workers.
struct BackplaneLog: Sendable {
    private let logger: Logger
    private let worker: Worker

    init(_ logger: Logger, _ worker: Worker) {
        self.logger = logger
        self.worker = worker
    }

    /// Logs an event.
    func note(_ event: BackplaneEvent) {
        switch event {
        case .connected(let address): logger.info("backplane connected", metadata: ["engine": "\(address)"])
        case .disconnected(let reason): logger.warning("backplane disconnected", metadata: ["reason": "\(reason)"])
        case .rejected(let reason): logger.warning("backplane rejected", metadata: ["reason": "\(reason)"])
        case .degraded:
            logger.error(
                "backplane degraded",
                metadata: ["reason": "the engine acknowledges no messages, connections that broadcast are read again"]
            )
        case .recovered: logger.info("backplane recovered")
        case .dropped(let count): logger.error("backplane blocks dropped", metadata: ["blocks": "\(count)"])
        case .missed(let count, let server):
            note(.missedBlocks, "backplane blocks missed", Int(clamping: count), from: server)
        case .incarnationConflict:
            logger.error(
                "backplane incarnation conflict",
                metadata: [
                    "reason": "another server has the same incarnation and misses messages: restart one of the two"
                ]
            )
        case .warning(let text): logger.warning("backplane warning", metadata: ["reason": "\(text)"])
        }
    }

    /// Logs that a block was discarded, because its frames are not those of a server.
    func noteInvalid(from server: ServerIncarnation) {
        note(.invalidBlocks, "backplane blocks invalid", 1, from: server)
    }

    private func note(_ loss: RepeatedEvent, _ name: Logger.Message, _ blocks: Int, from server: ServerIncarnation) {
        worker.loop.execute { [logger, worker] in
            guard worker.isLogged(loss, amount: blocks) else { return }
            logger.error(name, metadata: ["blocks": "\(blocks)", "server": "\(server)"])
        }
    }
}
