import Switchboard
import Synchronization

/// The state of the broker, behind one lock: sessions, subscriptions and retained messages.
///
/// Every method returns quickly, and may be called on any thread. The broker sends under the lock: so every client gets messages in
/// the order in which the state has changed.
final class Broker: Sendable {
    let limits: Limits
    private let state: Mutex<BrokerState>

    init(limits: Limits = Limits()) {
        self.limits = limits
        state = Mutex(BrokerState(limits))
    }

    // MARK: Clients

    /// Begins or continues the session of a client, and closes an earlier connection of the same client.
    ///
    /// - Returns: Whether the broker had the session; `nil` if there are too many sessions.
    func connect(_ client: ConnectedClient, isClean: Bool) -> Bool? {
        state.withLock { state in state.connect(client, isClean: isClean) }
    }

    /// Sends the messages that a session has kept for its client.
    ///
    /// Called after the ConnectAck is sent.
    func resume(_ client: ConnectedClient) {
        state.withLock { state in state.resume(client) }
    }

    /// The connection of a client has ended, or is about to; does nothing if it no longer belongs to a session.
    ///
    /// - Returns: Whether the connection belonged to a session.
    func disconnect(_ client: ConnectedClient, publishesWill: Bool) -> Bool {
        state.withLock { state in state.disconnect(client, publishesWill: publishesWill) }
    }

    // MARK: Messages

    /// Delivers a message to its subscribers, and retains it if `retains` is true.
    func publish(_ publication: Publication, retains: Bool) {
        state.withLock { state in state.publish(publication, retains: retains) }
    }

    /// Notes the identifier of a message with QoS 2.
    ///
    /// - Returns: Whether the message is new; `nil` if the client has too many messages that it has not released.
    func receive(_ id: UInt16, from client: ConnectedClient) -> Bool? {
        state.withLock { state in state.withSession(of: client) { $0.receive(id) } ?? nil }
    }

    /// A client will not send the message with this identifier again.
    func release(_ id: UInt16, from client: ConnectedClient) {
        state.withLock { state in _ = state.withSession(of: client) { $0.release(id) } }
    }

    /// A client has acknowledged a message.
    func acknowledge(_ id: UInt16, from client: ConnectedClient) {
        state.withLock { state in
            for publish in state.withSession(of: client, { $0.acknowledge(id) }) ?? [] {
                client.send(publish)
            }
        }
    }

    // MARK: Subscriptions

    /// Adds a subscription of a client; returns the QoS that is granted, or `nil` if the client has too many subscriptions.
    func subscribe(_ client: ConnectedClient, to filter: TopicFilter, _ qos: MQTT.QoS) -> MQTT.QoS? {
        state.withLock { state in state.subscribe(client, to: filter, qos) }
    }

    /// Sends the retained messages of a subscription.
    ///
    /// Called after the SubscribeAck is sent.
    func sendRetained(matching filter: TopicFilter, _ qos: MQTT.QoS, to client: ConnectedClient) {
        state.withLock { state in state.sendRetained(matching: filter, qos, to: client) }
    }

    /// Removes a subscription of a client, if there is one.
    func unsubscribe(_ client: ConnectedClient, from filter: TopicFilter) {
        state.withLock { state in state.unsubscribe(client, from: filter) }
    }
}
