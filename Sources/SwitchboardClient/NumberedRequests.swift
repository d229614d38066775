/// The requests that have no reply yet, where a number in the header says which one a reply answers.
struct NumberedRequests {
    private var requests: [UInt64: PendingRequest] = [:]
    private var last: UInt64 = 0
    /// The highest number that the header can hold.
    private let largest: UInt64

    init(upTo largest: UInt64) {
        self.largest = largest
    }

    var count: Int { requests.count }

    /// The number of the next request: 1, 2, 3, … and from 1 on again, without those that are taken; `nil` when all are.
    mutating func nextNumber() -> UInt64? {
        if UInt64(count) >= largest { forgetGivenUp() }
        guard UInt64(count) < largest else { return nil }
        repeat { last = last < largest ? last + 1 : 1 } while requests[last] != nil
        return last
    }

    mutating func add(_ request: PendingRequest, _ number: UInt64) {
        requests[number] = request
    }

    mutating func remove(_ number: UInt64) -> PendingRequest? {
        requests.removeValue(forKey: number)
    }

    /// Lets go of the requests for whose reply nobody waits any more.
    ///
    /// They are kept as long as there is room, so that a reply which comes late after all is known for one.
    mutating func forgetGivenUp() {
        requests = requests.filter { !$0.value.isResolved }
    }

    /// Takes every request out.
    mutating func removeAll() -> [PendingRequest] {
        defer { requests = [:] }
        return Array(requests.values)
    }
}
