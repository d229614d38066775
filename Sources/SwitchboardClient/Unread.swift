internal import Synchronization

/// What came and nobody has read yet, up to limits: the newest are kept.
///
/// Any number of tasks may read; each element goes to one of them. One that is cancelled is no concern of the others.
final class Unread<Element: Sendable>: Sendable {
    private typealias Reader = CheckedContinuation<Element?, Never>

    private struct State {
        var elements: ArraySlice<(element: Element, size: Int)> = []
        var byteCount = 0
        /// Those who wait for an element, the first to come first: there are none while there are elements.
        var readers: [(number: UInt64, reader: Reader)] = []
        var lastNumber: UInt64 = 0
        var hasEnded = false
    }

    private let limit: Int
    private let byteLimit: Int
    private let state = Mutex(State())

    /// None yet.
    ///
    /// - Parameters:
    ///   - limit: How many are kept.
    ///   - byteLimit: How many bytes those have together, if there are several.
    init(limit: Int, byteLimit: Int = .max) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    /// Nothing, and nothing will come.
    static var ended: Unread {
        let none = Unread(limit: 0)
        none.end()
        return none
    }

    /// Hands an element to the first who waits, or keeps it: instead of the oldest when there are too many.
    func add(_ element: Element, size: Int = 0) {
        let reader = state.withLock { state -> Reader? in
            if state.hasEnded { return nil }
            if !state.readers.isEmpty { return state.readers.removeFirst().reader }
            state.elements.append((element, size))
            state.byteCount += size
            while state.elements.count > limit || state.byteCount > byteLimit && state.elements.count > 1 {
                if let oldest = state.elements.popFirst() { state.byteCount -= oldest.size }
            }
            return nil
        }
        reader?.resume(returning: element)
    }

    /// No more come; those that have come can still be read.
    func end() {
        let readers = state.withLock { state in
            state.hasEnded = true
            defer { state.readers = [] }
            return state.readers
        }
        for (_, reader) in readers { reader.resume(returning: nil) }
    }

    /// The oldest, as soon as there is one; `nil` when no more come, or the task is cancelled.
    func next(isolation actor: isolated (any Actor)?) async -> Element? {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0, number) }
        } onCancel: {
            giveUp(number)
        }
    }

    private func wait(_ reader: Reader, _ number: UInt64) {
        if Task.isCancelled { return reader.resume(returning: nil) }
        let known = state.withLock { state -> Element?? in
            if let (element, size) = state.elements.popFirst() {
                state.byteCount -= size
                return element
            }
            if state.hasEnded { return .some(nil) }
            state.readers.append((number, reader))
            return nil
        }
        if let known { return reader.resume(returning: known) }
        // Who was cancelled before it was registered has found nobody to tell.
        if Task.isCancelled { giveUp(number) }
    }

    private func giveUp(_ number: UInt64) {
        let reader = state.withLock { state -> Reader? in
            let index = state.readers.firstIndex { $0.number == number }
            return index.map { state.readers.remove(at: $0).reader }
        }
        reader?.resume(returning: nil)
    }
}
