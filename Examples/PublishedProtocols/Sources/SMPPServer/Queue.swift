/// Elements that leave in the order in which they have come; every method takes the same time on average.
struct Queue<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    /// The number of elements at the start of the array that have left.
    private var departed = 0

    var count: Int { elements.count - departed }

    /// The elements in their order.
    var all: ArraySlice<Element> { elements.dropFirst(departed) }

    mutating func append(_ element: Element) { elements.append(element) }

    /// Removes and returns the first element; `nil` if there is none.
    mutating func popFirst() -> Element? {
        guard departed < elements.count else { return nil }
        let first = elements[departed]
        departed += 1
        if departed > elements.count / 2 {
            elements.removeFirst(departed)
            departed = 0
        }
        return first
    }
}
