/// The last message of each topic that was published with `retain`, for clients that subscribe later.
struct RetainedMessages: Sendable {
    private var messages: [ExactText: Publication] = [:]
    private var byteCount = 0

    /// The number of messages.
    var count: Int { messages.count }

    /// Stores a message in place of an earlier one of its topic, or removes that one if the message is empty.
    ///
    /// - Returns: Whether the message is within the limits. If not, the topic has no retained message any more.
    mutating func keep(_ publication: Publication, within limits: Limits) -> Bool {
        let name = publication.topic.name
        if let old = messages.removeValue(forKey: name) { byteCount -= old.byteCount }
        if publication.message.isEmpty { return true }
        guard messages.count < limits.retainedMessages,
            byteCount + publication.byteCount <= limits.retainedBytes
        else { return false }
        messages[name] = publication
        byteCount += publication.byteCount
        return true
    }

    /// Returns the messages whose topics a filter matches, in no particular order.
    func matching(_ filter: TopicFilter) -> [Publication] {
        if filter.hasWildcard { return messages.values.filter { filter.matches($0.topic) } }
        return messages[filter.name].map { [$0] } ?? []
    }
}
