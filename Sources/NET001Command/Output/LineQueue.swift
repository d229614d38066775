import Dispatch
import SwitchboardApplication
import Synchronization

/// A queue of lines for standard output.
///
/// When the reader is slow and the queue is full, further lines are dropped and counted.
final class LineQueue: Sendable {
    /// The maximum number of lines in the queue.
    private static let maximumLines = 10_000

    /// The maximum number of bytes of all lines in the queue.
    private static let maximumBytes = 64 * 1024 * 1024

    private struct State {
        var lines = 0
        var bytes = 0
        var lost = 0
    }

    private struct Item {
        let line: String
        /// The number of lines that were dropped just before this line.
        let lostBefore: Int
    }

    private let items: AsyncStream<Item>
    private let continuation: AsyncStream<Item>.Continuation
    private let state = Mutex(State())
    /// The thread that writes, which may block.
    private let thread = DispatchQueue(label: "net001.output")

    init() {
        (items, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.maximumLines))
    }

    /// Adds a line.
    ///
    /// - Returns: Whether the queue had room for the line.
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

    /// Counts lines that were dropped before they could be added.
    func countLost(_ count: Int) {
        if count > 0 { state.withLock { $0.lost += count } }
    }

    /// Ends the queue: no more lines are added.
    func finish() {
        continuation.finish()
    }

    /// Writes the lines in order, until the queue has ended and is empty.
    ///
    /// - Throws: An ``OutputError`` when standard output cannot be written.
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

    /// Removes the count of an item that is written.
    ///
    /// - Returns: The number of lines dropped after it, when the queue is empty: the next line may come much later.
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
