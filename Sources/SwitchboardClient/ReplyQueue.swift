internal import SwitchboardWire

/// The requests that have no reply yet, first to last: replies come in the order of their requests.
struct ReplyQueue {
    private var requests: [PendingRequest?] = []
    private var head = 0

    var count: Int { requests.count - head }
    var first: PendingRequest? { head < requests.count ? requests[head] : nil }

    mutating func append(_ request: PendingRequest) {
        requests.append(request)
    }

    mutating func removeFirst() -> PendingRequest? {
        guard let first else { return nil }
        requests[head] = nil
        head += 1
        // What lies before the head goes once it is the larger part: each request is moved once on average.
        if head * 2 > requests.count {
            requests.removeFirst(head)
            head = 0
        }
        return first
    }

    /// Takes every request out.
    mutating func removeAll() -> [PendingRequest] {
        defer {
            requests = []
            head = 0
        }
        return requests.compactMap { $0 }
    }
}
