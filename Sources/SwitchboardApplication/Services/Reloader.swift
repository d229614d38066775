import Dispatch
import Logging
import Synchronization

/// Reads files again on request, and logs what was reloaded and what was not.
final class Reloader: Sendable {
    private struct State {
        var sources: [ReloadableFile]?
        var logger: Logger?
        var isRequested = false
    }

    /// Files may be slow to read; signals are handled meanwhile.
    private let queue = DispatchQueue(label: "switchboard.reload")
    private let state = Mutex(State())

    /// Sets the sources, and reads them at once when a request came before.
    func begin(_ sources: [ReloadableFile], logger: Logger?) {
        let isRequested = state.withLock { state in
            state.sources = sources
            state.logger = logger
            return state.isRequested
        }
        if isRequested { queue.async { [self] in reload() } }
    }

    /// Forgets the sources.
    func end() {
        state.withLock { $0 = State() }
    }

    /// Requests that all sources are read again; may be called from any thread.
    ///
    /// Several requests before the reading begins count as one.
    func request() {
        let begins = state.withLock { state in
            defer { state.isRequested = true }
            return state.sources != nil && !state.isRequested
        }
        if begins { queue.async { [self] in reload() } }
    }

    private func reload() {
        let (sources, logger) = state.withLock { state in
            state.isRequested = false
            return (state.sources ?? [], state.logger)
        }
        for source in sources { reload(source, logger) }
        logger?.info(
            "not reloaded",
            metadata: [
                "what": "command line and environment",
                "reason": "read at start only: restart the server to change them",
            ]
        )
    }

    private func reload(_ source: ReloadableFile, _ logger: Logger?) {
        guard let reload = source.reload else {
            let reason = "the server runs without \(source.option)"
            logger?.info("not reloaded", metadata: ["what": "\(source.name)", "reason": "\(reason)"])
            return
        }
        do {
            try reload()
            logger?.info("reloaded", metadata: ["what": "\(source.name)"])
        } catch {
            logger?.error(
                "not reloaded, previous version stays in use",
                metadata: ["what": "\(source.name)", "reason": "\(error)"]
            )
        }
    }
}
