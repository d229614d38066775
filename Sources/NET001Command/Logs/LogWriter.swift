import Dispatch
import Foundation
import Synchronization

/// Writes the lines of the log, on a thread of its own: those who read them may be slow, or stop, and no event loop is to
/// wait for them.
final class LogWriter: Sendable {
    /// That of standard error.
    static let shared = LogWriter()

    /// How many lines may wait to be written; more are dropped.
    private static let maximumLines = 10_000

    /// How long the end of the program waits for the last lines to be written.
    private static let patience = DispatchTimeInterval.seconds(1)

    private struct State {
        var waitingLines = 0
        var droppedLines = 0
    }

    private let queue = DispatchQueue(label: "net001.log")
    private let state = Mutex(State())

    /// Writes what `makeLine` returns, soon; it is told how many lines have been dropped
    /// since a line last said so.
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

    /// Returns when all lines have been written, or after a second.
    func flush() {
        let written = DispatchGroup()
        queue.async(group: written) {}
        _ = written.wait(timeout: .now() + Self.patience)
    }
}
