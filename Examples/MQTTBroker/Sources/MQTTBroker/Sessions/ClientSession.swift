/// What the broker keeps for a client identifier: subscriptions, and messages that the client has not acknowledged.
struct ClientSession: Sendable {
    /// The results of delivering a message to a session.
    enum Delivery: Sendable {
        /// Send this to the client now.
        case send(OutgoingPublish, ConnectedClient)
        /// The message waits until the client acknowledges others, or connects.
        case queued
        /// The message is lost: the client is away and the QoS is 0, or the queue is full.
        case dropped
    }

    /// Whether the session ends with its connection.
    let isClean: Bool

    /// The connection of the client; `nil` while the client is away.
    private(set) var client: ConnectedClient?

    /// The time since which the client is away.
    private(set) var awaySince = ContinuousClock.now

    /// The filters of the subscriptions.
    private(set) var filters: Set<TopicFilter> = []

    private let limits: Limits
    /// Whether messages are sent: the client is connected, and has what was kept for it.
    private var isReady = false
    private var inflight: [(id: UInt16, publication: Publication)] = []
    private var queue: [Publication] = []
    private var queuedBytes = 0
    private var lastID: UInt16 = 0
    private var unreleased: Set<UInt16> = []

    init(isClean: Bool, _ limits: Limits) {
        self.isClean = isClean
        self.limits = limits
    }

    // MARK: The connection

    /// The client has connected; ``resume()`` follows.
    mutating func connect(_ client: ConnectedClient) { self.client = client }

    /// The connection of the client has ended.
    mutating func disconnect() {
        client = nil
        isReady = false
        awaySince = .now
    }

    // MARK: Subscriptions

    /// Notes a subscription; returns whether it is within the limit.
    mutating func subscribe(to filter: TopicFilter) -> Bool {
        guard filters.contains(filter) || filters.count < limits.subscriptions else { return false }
        filters.insert(filter)
        return true
    }

    /// Removes a subscription; returns whether there was one.
    mutating func unsubscribe(from filter: TopicFilter) -> Bool { filters.remove(filter) != nil }

    // MARK: Messages to the client

    /// Takes a message to the client.
    mutating func deliver(_ publication: Publication, _ qos: MQTT.QoS) -> Delivery {
        guard qos != .atMostOnce else {
            // The ConnectAck comes first.
            guard let client, isReady else { return .dropped }
            return .send(OutgoingPublish(publication, id: nil), client)
        }
        if let client, isReady, queue.isEmpty, inflight.count < limits.inflightMessages {
            return .send(begin(publication), client)
        }
        guard queue.count < limits.queuedMessages, queuedBytes + publication.byteCount <= limits.queuedBytes else {
            return .dropped
        }
        queue.append(publication)
        queuedBytes += publication.byteCount
        return .queued
    }

    /// The client has acknowledged a message; returns the messages to send now.
    mutating func acknowledge(_ id: UInt16) -> [OutgoingPublish] {
        inflight.removeAll { $0.id == id }
        return isReady ? takeFromQueue() : []
    }

    /// The client has come back; returns the messages to send now: first those that it has not acknowledged, as duplicates.
    mutating func resume() -> [OutgoingPublish] {
        isReady = true
        let again = inflight.map { OutgoingPublish($0.publication, id: $0.id, isDuplicate: true) }
        return again + takeFromQueue()
    }

    private mutating func takeFromQueue() -> [OutgoingPublish] {
        let count = min(max(limits.inflightMessages - inflight.count, 0), queue.count)
        let next = Array(queue.prefix(count))
        queue.removeFirst(count)
        return next.map { publication in
            queuedBytes -= publication.byteCount
            return begin(publication)
        }
    }

    private mutating func begin(_ publication: Publication) -> OutgoingPublish {
        repeat {
            lastID = lastID == .max ? 1 : lastID + 1
        } while inflight.contains { $0.id == lastID }
        inflight.append((lastID, publication))
        return OutgoingPublish(publication, id: lastID)
    }

    // MARK: Messages with QoS 2 from the client

    /// Notes the identifier of a message with QoS 2.
    ///
    /// - Returns: Whether the message is new; `nil` if the client has too many messages that it has not released.
    mutating func receive(_ id: UInt16) -> Bool? {
        if unreleased.contains(id) { return false }
        guard unreleased.count < limits.unreleasedMessages else { return nil }
        unreleased.insert(id)
        return true
    }

    /// The client will not send the message with this identifier again.
    mutating func release(_ id: UInt16) { unreleased.remove(id) }
}
