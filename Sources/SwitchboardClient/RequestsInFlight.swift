internal import DequeModule
internal import SwitchboardWire

/// The requests of one connection that have no reply yet.
///
/// If the header of the protocol has a correlation, its number pairs a reply with its request. Otherwise replies come
/// in the order of their requests.
struct RequestsInFlight {
    private var queue: Deque<PendingRequest> = []
    private var numbered: NumberedRequests?

    init(_ correlation: FrameFormat.Correlation?) {
        numbered = correlation.map { NumberedRequests(upTo: $0.largest) }
    }

    /// Returns whether fewer than `limit` requests have no reply.
    mutating func hasRoom(_ limit: Int) -> Bool {
        guard let count = numbered?.count else { return queue.count < limit }
        if count >= limit { numbered?.forgetGivenUp() }
        return (numbered?.count ?? 0) < limit
    }

    /// Returns the number of the next request, 0 in a protocol without numbers; `nil` when every number is in use.
    mutating func nextNumber() -> UInt64? {
        if numbered == nil { 0 } else { numbered?.nextNumber() }
    }

    mutating func add(_ request: PendingRequest, _ number: UInt64) {
        if numbered == nil { queue.append(request) } else { numbered?.add(request, number) }
    }

    /// Whether no reply is outstanding.
    var isEmpty: Bool { count == 0 }

    /// Removes the request that the next reply answers, in a protocol without numbers.
    mutating func removeFirst() -> PendingRequest? { queue.popFirst() }

    /// Removes the request that a message answers, if that has the code of its reply.
    ///
    /// - Parameters:
    ///   - code: The code of the message.
    ///   - number: The number in its header; `nil` in a protocol without numbers.
    mutating func removeRequest(answeredBy code: MessageCode, _ number: UInt64?) -> PendingRequest? {
        if let number { return numbered?.removeRequest(answeredBy: code, number) }
        return queue.first?.replyCode == code ? queue.popFirst() : nil
    }

    /// Returns the code of the reply to the request with `number`, or to the first request in a protocol without numbers; `nil` if there
    /// is no such request.
    func replyCode(for number: UInt64) -> MessageCode? {
        numbered.map { $0.replyCode(for: number) } ?? queue.first?.replyCode
    }

    /// Removes the request with `number`.
    mutating func remove(_ number: UInt64) -> PendingRequest? { numbered?.remove(number) }

    /// The number of requests in flight.
    var count: Int { queue.count + (numbered?.count ?? 0) }

    /// Calls `body` with each request that has no result yet.
    func forEachWaiting(_ body: (PendingRequest) -> Void) {
        for request in queue where !request.isResolved { body(request) }
        numbered?.forEach { if !$0.isResolved { body($0) } }
    }

    /// Removes all requests.
    mutating func removeAll() -> [PendingRequest] {
        defer { queue = [] }
        return Array(queue) + (numbered?.removeAll() ?? [])
    }
}

/// The requests that have no reply yet, by the numbers in their headers.
private struct NumberedRequests {
    private var requests: [UInt64: PendingRequest] = [:]
    private var last: UInt64 = 0
    /// The highest number that the header can hold.
    private let largest: UInt64

    init(upTo largest: UInt64) {
        self.largest = largest
    }

    var count: Int { requests.count }

    /// Returns the number of the next request; `nil` when every number is in use.
    ///
    /// Numbers count up from 1, skip numbers in use, and start again at 1 after the highest number.
    mutating func nextNumber() -> UInt64? {
        if UInt64(count) >= largest { forgetGivenUp() }
        guard UInt64(count) < largest else { return nil }
        repeat { last = last < largest ? last + 1 : 1 } while requests[last] != nil
        return last
    }

    mutating func add(_ request: PendingRequest, _ number: UInt64) {
        requests[number] = request
    }

    func replyCode(for number: UInt64) -> MessageCode? { requests[number]?.replyCode }

    mutating func remove(_ number: UInt64) -> PendingRequest? {
        requests.removeValue(forKey: number)
    }

    mutating func removeRequest(answeredBy code: MessageCode, _ number: UInt64) -> PendingRequest? {
        guard let index = requests.index(forKey: number), requests.values[index].replyCode == code else { return nil }
        return requests.remove(at: index).value
    }

    /// Removes the requests that timed out or were cancelled.
    ///
    /// These requests stay as long as there is room, so that the client recognises a late reply. Otherwise it would
    /// take the reply for a protocol violation.
    mutating func forgetGivenUp() {
        requests = requests.filter { !$0.value.isResolved }
    }

    func forEach(_ body: (PendingRequest) -> Void) {
        for request in requests.values { body(request) }
    }

    /// Removes all requests.
    mutating func removeAll() -> [PendingRequest] {
        defer { requests = [:] }
        return Array(requests.values)
    }
}
