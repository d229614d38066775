internal import DequeModule
internal import Synchronization

/// A bounded queue of unread elements: it keeps the newest elements, and counts the elements that it drops.
///
/// Any number of tasks may read; each element goes to one task. The cancellation of one task does not affect the
/// others.
final class Unread<Element: Sendable>: Sendable {
    private typealias Reader = CheckedContinuation<Result<Element?, ClientError>, Never>

    private struct State {
        var elements: Deque<(element: Element, size: Int)> = []
        var byteCount = 0
        /// The tasks that wait for an element, in the order of their calls; empty if the queue has elements.
        var readers: Deque<(number: UInt64, reader: Reader)> = []
        var lastNumber: UInt64 = 0
        var droppedCount = 0
        /// Whether elements were dropped since the queue was last empty.
        var isDropping = false
        /// The result for readers after the last element; `nil` as long as elements may be added.
        var end: Result<Element?, ClientError>?
    }

    private let limit: Int
    private let byteLimit: Int
    private let state = Mutex(State())

    /// An empty queue.
    ///
    /// - Parameters:
    ///   - limit: The highest number of elements.
    ///   - byteLimit: The highest number of bytes of all elements. A single element may be larger.
    init(limit: Int, byteLimit: Int = .max) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    /// An empty queue that has ended.
    static var ended: Unread {
        let none = Unread(limit: 0)
        none.end()
        return none
    }

    /// The number of elements dropped because a limit was reached.
    var droppedCount: Int { state.withLock { $0.droppedCount } }

    /// Adds an element, or passes it to the task that has waited longest.
    ///
    /// The queue drops the oldest elements above its limits.
    ///
    /// - Returns: Whether the queue begins to drop elements.
    @discardableResult
    func add(_ element: Element, size: Int = 0) -> Bool {
        var reader: Reader?
        let beginsToDrop = state.withLock { state in
            if state.end != nil { return false }
            reader = state.readers.popFirst()?.reader
            if reader != nil { return false }
            state.elements.append((element, size))
            state.byteCount += size
            let before = state.droppedCount
            while state.elements.count > limit || state.byteCount > byteLimit && state.elements.count > 1 {
                guard let oldest = state.elements.popFirst() else { break }
                state.byteCount -= oldest.size
                state.droppedCount += 1
            }
            guard state.droppedCount > before, !state.isDropping else { return false }
            state.isDropping = true
            return true
        }
        reader?.resume(returning: .success(element))
        return beginsToDrop
    }

    /// Removes and returns the elements that `isTaken` accepts, with their sizes.
    func take(where isTaken: (Element) -> Bool) -> [(element: Element, size: Int)] {
        state.withLock { state in
            let taken = state.elements.filter { isTaken($0.element) }
            if taken.isEmpty { return [] }
            state.elements.removeAll { isTaken($0.element) }
            state.byteCount -= taken.reduce(0) { $0 + $1.size }
            if state.elements.isEmpty { state.isDropping = false }
            return Array(taken)
        }
    }

    /// Ends the queue: the elements in it can still be read, and no more are added.
    ///
    /// - Parameter error: The error that readers get after the last element; `nil` if the end is not an error.
    func end(throwing error: ClientError? = nil) {
        let end: Result<Element?, ClientError> = error.map { .failure($0) } ?? .success(nil)
        let readers = state.withLock { state in
            if state.end == nil { state.end = end }
            defer { state.readers = [] }
            return state.readers
        }
        for (_, reader) in readers { reader.resume(returning: end) }
    }

    /// Removes and returns the oldest element; waits if the queue is empty.
    ///
    /// Returns `nil` when the queue has ended or the task is cancelled.
    ///
    /// - Throws: The error with which the queue has ended.
    func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> Element? {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let next: Result<Element?, ClientError> = await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0, number) }
        } onCancel: {
            giveUp(number)
        }
        return try next.get()
    }

    private func wait(_ reader: Reader, _ number: UInt64) {
        if Task.isCancelled { return reader.resume(returning: .success(nil)) }
        let known = state.withLock { state -> Result<Element?, ClientError>? in
            if let (element, size) = state.elements.popFirst() {
                state.byteCount -= size
                if state.elements.isEmpty { state.isDropping = false }
                return .success(element)
            }
            if let end = state.end { return end }
            state.readers.append((number, reader))
            return nil
        }
        if let known { return reader.resume(returning: known) }
        // A cancellation before the reader was added would otherwise be lost.
        if Task.isCancelled { giveUp(number) }
    }

    private func giveUp(_ number: UInt64) {
        let reader = state.withLock { state -> Reader? in
            let index = state.readers.firstIndex { $0.number == number }
            return index.map { state.readers.remove(at: $0).reader }
        }
        reader?.resume(returning: .success(nil))
    }
}
