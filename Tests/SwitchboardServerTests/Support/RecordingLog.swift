import Logging
import Synchronization

/// A log handler that records all lines.
final class RecordingLog: LogHandler {
    private struct State {
        var lines: [String] = []
        var awaited: [(text: String, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    // The handler ignores metadata of the logger, because no test needs it.
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    var logLevel: Logger.Level {
        get { .info }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    var lines: [String] { state.withLock { $0.lines } }

    func log(event: LogEvent) {
        // In the order of their names, because a dictionary has none.
        let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }
        let list = metadata.isEmpty ? "[:]" : "[\(metadata.joined(separator: ", "))]"
        let line = "\(event.level): \(event.message) \(list)"
        state.withLock { state in
            state.lines.append(line)
            for waiting in state.awaited where line.contains(waiting.text) { waiting.continuation.resume() }
            state.awaited.removeAll { line.contains($0.text) }
        }
    }

    /// Returns when a line with `text` in it has been logged.
    func line(containing text: String) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.lines.contains(where: { $0.contains(text) }) { return continuation.resume() }
                state.awaited.append((text, continuation))
            }
        }
    }
}
