import Logging
import ServiceLifecycle
import UnixSignals

/// Reads files again on SIGHUP.
struct Reloading: Service {
    /// Something that can be read again; what was read before is kept when that fails.
    struct Source {
        let name: String
        let reload: @Sendable () throws -> Void
    }

    let sources: [Source]
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            for source in sources { reload(source) }
        }
    }

    private func reload(_ source: Source) {
        do {
            try source.reload()
            logger.info("reloaded", metadata: ["what": "\(source.name)"])
        } catch {
            logger.error("not reloaded: what was there before stays", metadata: ["reason": "\(error)"])
        }
    }
}
