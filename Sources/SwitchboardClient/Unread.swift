internal import DequeModule
internal import Synchronization

/// What came and nobody has read yet, up to limits: the newest are kept, and the others are counted.
///
/// Any number of tasks may read; each element goes to one of them. One that is cancelled is no concern of the others.
final class Unread<Element: Sendable>: Sendable {
    private typealias Reader = CheckedContinuation<Result<Element?, ClientError>, Never>

    private struct State {
        var elements: Deque<(element: Element, size: Int)> = []
        var byteCount = 0
        /// Those who wait for an element, the first to come first: there are none while there are elements.
        var readers: Deque<(number: UInt64, reader: Reader)> = []
        var lastNumber: UInt64 = 0
        var droppedCount = 0
        /// Whether elements were dropped since the last time that none was left to be read.
        var isDropping = false
        /// What readers get when all elements are read and no more come.
        var end: Result<Element?, ClientError>?
    }

    private let limit: Int
    private let byteLimit: Int
    private let whenDropping: @Sendable (_ droppedCount: Int) -> Void
    private let state = Mutex(State())

    /// None yet.
    ///
    /// - Parameters:
    ///   - limit: The largest number of elements that are kept.
    ///   - byteLimit: The largest number of bytes that these have together, if there are several.
    ///   - whenDropping: Called when elements begin to be dropped, with the number of all that were.
    init(limit: Int, byteLimit: Int = .max, whenDropping: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.limit = limit
        self.byteLimit = byteLimit
        self.whenDropping = whenDropping
    }

    /// Nothing, and nothing will come.
    static var ended: Unread {
        let none = Unread(limit: 0)
        none.end()
        return none
    }

    /// The number of elements that were dropped because there were too many.
    var droppedCount: Int { state.withLock { $0.droppedCount } }

    /// Hands an element to the first who waits, or keeps it: instead of the oldest when there are too many.
    func add(_ element: Element, size: Int = 0) {
        var reader: Reader?
        let dropped = state.withLock { state -> Int? in
            if state.end != nil { return nil }
            reader = state.readers.popFirst()?.reader
            if reader != nil { return nil }
            state.elements.append((element, size))
            state.byteCount += size
            let before = state.droppedCount
            while state.elements.count > limit || state.byteCount > byteLimit && state.elements.count > 1 {
                guard let oldest = state.elements.popFirst() else { break }
                state.byteCount -= oldest.size
                state.droppedCount += 1
            }
            guard state.droppedCount > before, !state.isDropping else { return nil }
            state.isDropping = true
            return state.droppedCount
        }
        reader?.resume(returning: .success(element))
        if let dropped { whenDropping(dropped) }
    }

    /// No more come; those that have come can still be read.
    ///
    /// - Parameter error: What readers are thrown then; nothing when the end is what they wanted.
    func end(throwing error: ClientError? = nil) {
        let end: Result<Element?, ClientError> = error.map { .failure($0) } ?? .success(nil)
        let readers = state.withLock { state in
            if state.end == nil { state.end = end }
            defer { state.readers = [] }
            return state.readers
        }
        for (_, reader) in readers { reader.resume(returning: end) }
    }

    /// The oldest, as soon as there is one; `nil` when no more come, or the task is cancelled.
    ///
    /// - Throws: When no more come because of an error.
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
        // A cancellation before the reader was added would be lost.
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
