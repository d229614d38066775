import Switchboard

/// What the broker does after it has released its lock.
///
/// To send a packet can close a connection, and the server then calls the broker again, on the same thread.
struct Outbox: Sendable {
    private enum Action: Sendable {
        case publish(OutgoingPublish, ConnectedClient)
        case close(ConnectedClient, reason: String)
    }

    private var actions: [Action] = []

    mutating func add(_ publish: OutgoingPublish, to client: ConnectedClient) {
        actions.append(.publish(publish, client))
    }

    /// Closes the connection of a client, and logs the reason.
    mutating func close(_ client: ConnectedClient, because reason: String) {
        actions.append(.close(client, reason: reason))
    }

    /// Sends the packets and closes the connections, in order.
    func flush() {
        for action in actions {
            switch action {
            case .close(let client, let reason):
                client.connection.logger.info("client disconnected", metadata: ["reason": "\(reason)"])
                client.connection.close()
            case .publish(let publish, let client):
                do throws(PayloadError) {
                    try client.connection.send(publish.message, header: publish.header)
                } catch {
                    client.connection.logger.error("message not sent", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
