import CoreMetrics
import Switchboard

/// The sessions, the subscriptions and the retained messages of a broker.
struct BrokerState: Sendable {
    private let limits: Limits
    private var sessions: [ExactText: ClientSession] = [:]
    private var subscriptions = Subscriptions()
    private var retained = RetainedMessages()

    /// Messages that were not delivered, because the client was away and the QoS was 0, or because a queue was full.
    private let dropped = Counter(label: "mqtt_messages_dropped_total")
    /// Messages that were not retained, because of a limit.
    private let notRetained = Counter(label: "mqtt_messages_not_retained_total")
    private let sessionCount = Meter(label: "mqtt_sessions")
    private let retainedCount = Meter(label: "mqtt_messages_retained")

    init(_ limits: Limits) { self.limits = limits }

    /// Calls `body` with the session of a client; returns `nil` if the client's connection no longer belongs to a session.
    mutating func withSession<Result>(of client: ConnectedClient, _ body: (inout ClientSession) -> Result) -> Result? {
        guard var session = sessions[client.id], session.client === client else { return nil }
        // Taken out, so that no other code refers to its memory, and a change copies nothing.
        sessions[client.id] = nil
        defer { sessions[client.id] = session }
        return body(&session)
    }

    // MARK: Clients

    /// See ``Broker/connect(_:isClean:)``.
    mutating func connect(_ client: ConnectedClient, isClean: Bool) -> Bool? {
        if let earlier = sessions[client.id]?.client {
            _ = disconnect(earlier, publishesWill: true)
            earlier.connection.logger.info("client disconnected", metadata: ["reason": "session taken over"])
            earlier.connection.close()
        }
        if isClean { end(client.id) }
        let isPresent = sessions[client.id] != nil
        if !isPresent {
            guard makeRoomForSession() else { return nil }
            sessions[client.id] = ClientSession(isClean: isClean, limits)
            sessionCount.set(sessions.count)
        }
        sessions[client.id]?.connect(client)
        return isPresent
    }

    /// See ``Broker/resume(_:)``.
    mutating func resume(_ client: ConnectedClient) {
        for publish in withSession(of: client, { $0.resume() }) ?? [] { client.send(publish) }
    }

    /// See ``Broker/disconnect(_:publishesWill:)``.
    mutating func disconnect(_ client: ConnectedClient, publishesWill: Bool) -> Bool {
        guard let session = sessions[client.id], session.client === client else { return false }
        if session.isClean {
            end(client.id)
        } else {
            sessions[client.id]?.disconnect()
        }
        if publishesWill, let will = client.will { publish(will.publication, retains: will.retains) }
        return true
    }

    private mutating func end(_ id: ExactText) {
        guard let session = sessions.removeValue(forKey: id) else { return }
        sessionCount.set(sessions.count)
        for filter in session.filters { subscriptions.remove(filter, of: id) }
    }

    private mutating func makeRoomForSession() -> Bool {
        guard sessions.count >= limits.sessions else { return true }
        let away = sessions.filter { $0.value.client == nil }
        guard let oldest = away.min(by: { $0.value.awaySince < $1.value.awaySince }) else { return false }
        end(oldest.key)
        return true
    }

    // MARK: Messages

    /// See ``Broker/publish(_:retains:)``.
    mutating func publish(_ publication: Publication, retains: Bool) {
        if retains {
            if !retained.keep(publication, within: limits) { notRetained.increment() }
            retainedCount.set(retained.count)
        }
        for (id, granted) in subscriptions.subscribers(of: publication.topic) {
            deliver(publication, granted, to: id)
        }
    }

    private mutating func deliver(
        _ publication: Publication,
        _ granted: MQTT.QoS,
        to id: ExactText
    ) {
        let qos = publication.qos.rawValue == 0 ? publication.qos : granted
        switch sessions[id]?.deliver(publication, qos) {
        case .send(let publish, let client): client.send(publish)
        case .queued, nil: break
        case .dropped: dropped.increment()
        }
    }

    // MARK: Subscriptions

    /// See ``Broker/subscribe(_:to:_:)``.
    mutating func subscribe(_ client: ConnectedClient, to filter: TopicFilter, _ qos: MQTT.QoS) -> MQTT.QoS? {
        let granted: MQTT.QoS = qos == .atMostOnce ? .atMostOnce : .atLeastOnce
        guard withSession(of: client, { $0.subscribe(to: filter) }) == true else { return nil }
        subscriptions.add(filter, of: client.id, granted)
        return granted
    }

    /// See ``Broker/sendRetained(matching:_:to:)``.
    mutating func sendRetained(
        matching filter: TopicFilter,
        _ qos: MQTT.QoS,
        to client: ConnectedClient
    ) {
        guard sessions[client.id]?.client === client else { return }
        for var publication in retained.matching(filter) {
            publication.isRetained = true
            deliver(publication, qos, to: client.id)
        }
    }

    /// See ``Broker/unsubscribe(_:from:)``.
    mutating func unsubscribe(_ client: ConnectedClient, from filter: TopicFilter) {
        guard withSession(of: client, { $0.unsubscribe(from: filter) }) == true else { return }
        subscriptions.remove(filter, of: client.id)
    }
}
