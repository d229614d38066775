/// The subscriptions of all sessions, as a tree with a node for each level of the filters.
///
/// The time to find the subscribers of a topic depends on the nodes that match it, and not on the number of subscriptions.
struct Subscriptions: Sendable {
    private struct Node: Sendable {
        var children: [ExactText: Node] = [:]
        var subscribers: [ExactText: MQTT.QoS] = [:]

        var isEmpty: Bool { children.isEmpty && subscribers.isEmpty }

        mutating func set(_ qos: MQTT.QoS?, of client: ExactText, at levels: ArraySlice<ExactText>) {
            guard let level = levels.first else {
                subscribers[client] = qos
                return
            }
            children[level, default: Node()].set(qos, of: client, at: levels.dropFirst())
            if children[level]?.isEmpty == true { children[level] = nil }
        }

        func collect(_ levels: ArraySlice<ExactText>, wildcards: Bool, into found: inout [ExactText: MQTT.QoS]) {
            if wildcards { children[TopicFilter.anyLevels]?.addSubscribers(to: &found) }
            guard let level = levels.first else { return addSubscribers(to: &found) }
            let rest = levels.dropFirst()
            children[level]?.collect(rest, wildcards: true, into: &found)
            if wildcards { children[TopicFilter.anyLevel]?.collect(rest, wildcards: true, into: &found) }
        }

        private func addSubscribers(to found: inout [ExactText: MQTT.QoS]) {
            found.merge(subscribers) { $0.rawValue >= $1.rawValue ? $0 : $1 }
        }
    }

    private var root = Node()

    /// Whether there are no subscriptions.
    var isEmpty: Bool { root.isEmpty }

    /// Adds a subscription, or changes its QoS.
    mutating func add(_ filter: TopicFilter, of client: ExactText, _ qos: MQTT.QoS) {
        root.set(qos, of: client, at: filter.levels[...])
    }

    /// Removes a subscription, if there is one.
    mutating func remove(_ filter: TopicFilter, of client: ExactText) {
        root.set(nil, of: client, at: filter.levels[...])
    }

    /// Returns the clients with a subscription for a topic, with the highest QoS of their subscriptions that match.
    func subscribers(of topic: Topic) -> [ExactText: MQTT.QoS] {
        var found: [ExactText: MQTT.QoS] = [:]
        root.collect(topic.levels[...], wildcards: !topic.isReserved, into: &found)
        return found
    }
}
