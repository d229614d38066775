internal import DequeModule
internal import SwitchboardWire

/// The requests that have no reply yet, and how replies find them: by their order, or by a number in the header.
struct RequestsInFlight {
    /// The requests in the order of their replies, where no number tells it.
    private var queue: Deque<PendingRequest> = []
    private var numbered: NumberedRequests?

    init(_ correlation: FrameFormat.Correlation?) {
        numbered = correlation.map { NumberedRequests(upTo: $0.largest) }
    }

    /// Whether there is room for one more beside `limit - 1` others.
    mutating func hasRoom(_ limit: Int) -> Bool {
        guard let count = numbered?.count else { return queue.count < limit }
        if count >= limit { numbered?.forgetGivenUp() }
        return (numbered?.count ?? 0) < limit
    }

    /// The number of the next request, 0 where they have none; `nil` when all numbers are taken.
    mutating func nextNumber() -> UInt64? {
        if numbered == nil { 0 } else { numbered?.nextNumber() }
    }

    mutating func add(_ request: PendingRequest, _ number: UInt64) {
        if numbered == nil { queue.append(request) } else { numbered?.add(request, number) }
    }

    /// Whether the server owes no reply.
    var isEmpty: Bool { queue.isEmpty && numbered?.count ?? 0 == 0 }

    /// The one that is answered next, where their order says which.
    var first: PendingRequest? { queue.first }

    /// Takes out the one that is answered next.
    mutating func removeFirst() -> PendingRequest? {
        queue.popFirst()
    }

    /// Takes out the one with a number.
    mutating func remove(_ number: UInt64) -> PendingRequest? {
        numbered?.remove(number)
    }

    /// Takes every request out.
    mutating func removeAll() -> [PendingRequest] {
        defer { queue = [] }
        return Array(queue) + (numbered?.removeAll() ?? [])
    }
}
