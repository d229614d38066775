import Switchboard

/// Publishes the metrics of the program as retained messages, to topics such as `$SYS/switchboard_connections`.
struct SystemTopics {
    let values: MetricValues
    let broker: Broker
    let interval: Duration

    /// Publishes the values that have changed, after each interval, until its task is cancelled.
    func run() async throws {
        var published: [String: Int64] = [:]
        while true {
            let current = values.current
            for (name, value) in current where published[name] != value {
                guard let topic = Topic("$SYS/\(name)", maximumLevels: broker.limits.levels) else { continue }
                let publication = Publication(topic: topic, message: Bytes(utf8: "\(value)"), qos: .atMostOnce)
                broker.publish(publication, retains: true)
            }
            published = current
            try await Task.sleep(for: interval)
        }
    }
}
