import Dispatch
import Synchronization

/// Writes the lines of the log on its own thread, so that no event loop waits for a slow reader of the log.
final class LogWriter: Sendable {
    /// The writer to standard error.
    static let shared = LogWriter()

    /// The maximum number of lines that wait to be written; further lines are dropped.
    private static let maximumLines = 10_000

    /// The time that the program waits at its end for the last lines.
    private static let patience = DispatchTimeInterval.seconds(1)

    private struct State {
        var waitingLines = 0
        var droppedLines = 0
    }

    private let queue = DispatchQueue(label: "switchboard.log")
    private let state = Mutex(State())

    /// Writes the line that `makeLine` returns, on the writer's thread.
    ///
    /// - Parameter makeLine: Makes the line; its argument is the number of lines dropped since the last report.
    func write(_ makeLine: @escaping @Sendable (_ droppedLines: Int) -> String) {
        let isTaken = state.withLock { state in
            guard state.waitingLines < Self.maximumLines else {
                state.droppedLines += 1
                return false
            }
            state.waitingLines += 1
            return true
        }
        guard isTaken else { return }
        queue.async { [self] in
            let dropped = state.withLock { state in
                defer { state.droppedLines = 0 }
                return state.droppedLines
            }
            Terminal.report(makeLine(dropped))
            state.withLock { $0.waitingLines -= 1 }
        }
    }

    /// Returns when all lines are written, or after a second.
    func flush() {
        let written = DispatchGroup()
        queue.async(group: written) {}
        _ = written.wait(timeout: .now() + Self.patience)
    }
}
