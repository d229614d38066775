import Switchboard
import Synchronization

/// The state of the broker, behind one lock: sessions, subscriptions and retained messages.
///
/// Every method returns quickly, and may be called on any thread.
final class Broker: Sendable {
    let limits: Limits
    private let state: Mutex<BrokerState>

    init(limits: Limits = Limits()) {
        self.limits = limits
        state = Mutex(BrokerState(limits))
    }

    /// Changes the state, and then sends and closes what the change has put into the outbox.
    private func change<Result: Sendable>(_ body: (inout BrokerState, inout Outbox) -> Result) -> Result {
        let (result, outbox) = state.withLock { state in
            var outbox = Outbox()
            let result = body(&state, &outbox)
            return (result, outbox)
        }
        outbox.flush()
        return result
    }

    // MARK: Clients

    /// Begins or continues the session of a client, and closes an earlier connection of the same client.
    ///
    /// - Returns: Whether the broker had the session; `nil` if there are too many sessions.
    func connect(_ client: ConnectedClient, isClean: Bool) -> Bool? {
        change { state, outbox in state.connect(client, isClean: isClean, &outbox) }
    }

    /// Sends the messages that a session has kept for its client.
    ///
    /// Called after the ConnectAck is sent.
    func resume(_ client: ConnectedClient) {
        change { state, outbox in state.resume(client, &outbox) }
    }

    /// The connection of a client has ended, or is about to; does nothing if it no longer belongs to a session.
    func disconnect(_ client: ConnectedClient, publishesWill: Bool) {
        change { state, outbox in state.disconnect(client, publishesWill: publishesWill, &outbox) }
    }

    /// Closes the connections of clients that have been silent for too long.
    func disconnectSilentClients(at now: ContinuousClock.Instant) {
        change { state, outbox in
            for client in state.clients where client.isSilent(at: now) {
                state.disconnect(client, publishesWill: true, &outbox)
                outbox.close(client, because: "keep-alive expired")
            }
        }
    }

    // MARK: Messages

    /// Delivers a message to its subscribers, and retains it if `retains` is true.
    func publish(_ publication: Publication, retains: Bool) {
        change { state, outbox in state.publish(publication, retains: retains, &outbox) }
    }

    /// Notes the identifier of a message with QoS 2.
    ///
    /// - Returns: Whether the message is new; `nil` if the client has too many messages that it has not released.
    func receive(_ id: UInt16, from client: ConnectedClient) -> Bool? {
        change { state, _ in state.withSession(of: client) { $0.receive(id) } ?? nil }
    }

    /// A client will not send the message with this identifier again.
    func release(_ id: UInt16, from client: ConnectedClient) {
        change { state, _ in _ = state.withSession(of: client) { $0.release(id) } }
    }

    /// A client has acknowledged a message.
    func acknowledge(_ id: UInt16, from client: ConnectedClient) {
        change { state, outbox in
            for publish in state.withSession(of: client, { $0.acknowledge(id) }) ?? [] {
                outbox.add(publish, to: client)
            }
        }
    }

    // MARK: Subscriptions

    /// Adds a subscription of a client; returns the QoS that is granted, or `nil` if the client has too many subscriptions.
    func subscribe(_ client: ConnectedClient, to filter: TopicFilter, _ qos: MQTT.QoS) -> MQTT.QoS? {
        change { state, _ in state.subscribe(client, to: filter, qos) }
    }

    /// Sends the retained messages of a subscription.
    ///
    /// Called after the SubscribeAck is sent.
    func sendRetained(matching filter: TopicFilter, _ qos: MQTT.QoS, to client: ConnectedClient) {
        change { state, outbox in state.sendRetained(matching: filter, qos, to: client, &outbox) }
    }

    /// Removes a subscription of a client, if there is one.
    func unsubscribe(_ client: ConnectedClient, from filter: TopicFilter) {
        change { state, _ in state.unsubscribe(client, from: filter) }
    }
}
