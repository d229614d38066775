import Dispatch
import Synchronization

/// Lines on their way to standard output, which may be read slowly: so many wait, further ones are dropped and counted.
final class LineQueue: Sendable {
    /// The largest number of lines that wait.
    private static let maximumLines = 10_000

    /// The most bytes that they have together.
    private static let maximumBytes = 64 * 1024 * 1024

    private struct State {
        var lines = 0
        var bytes = 0
        var lost = 0
    }

    private struct Item {
        let line: String
        /// How many lines have been lost just before this one.
        let lostBefore: Int
    }

    private let items: AsyncStream<Item>
    private let continuation: AsyncStream<Item>.Continuation
    private let state = Mutex(State())
    /// Writing may block.
    private let thread = DispatchQueue(label: "net001.output")

    init() {
        (items, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.maximumLines))
    }

    /// Adds a line.
    ///
    /// - Returns: Whether there was room for it.
    func add(_ line: String) -> Bool {
        state.withLock { state in
            guard state.bytes + line.utf8.count <= Self.maximumBytes || state.bytes == 0,
                case .enqueued = continuation.yield(Item(line: line, lostBefore: state.lost))
            else {
                state.lost += 1
                return false
            }
            state.lines += 1
            state.bytes += line.utf8.count
            state.lost = 0
            return true
        }
    }

    /// Counts lines that were lost before they could be added.
    func countLost(_ count: Int) {
        if count > 0 { state.withLock { $0.lost += count } }
    }

    /// Adds no more.
    func finish() {
        continuation.finish()
    }

    /// Writes all lines, as they come, until there are no more.
    ///
    /// - Throws: An ``OutputError``.
    func print() async throws {
        for await item in items {
            Self.report(lost: item.lostBefore)
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                thread.async {
                    done.resume(with: Result { try Terminal.print(item.line) })
                }
            }
            Self.report(lost: take(item))
        }
    }

    /// Takes note that an item is written.
    ///
    /// - Returns: How many lines were lost behind it, when none waits: nothing may come for a long time.
    private func take(_ item: Item) -> Int {
        state.withLock { state in
            state.lines -= 1
            state.bytes -= item.line.utf8.count
            guard state.lines == 0 else { return 0 }
            defer { state.lost = 0 }
            return state.lost
        }
    }

    private static func report(lost count: Int) {
        guard count > 0 else { return }
        Terminal.report(
            "\(count) \(count == 1 ? "message" : "messages") lost here: messages arrived faster than the output was read"
        )
    }
}
