import Switchboard

/// A client that has connected: its connection and its will.
final class ConnectedClient: Sendable {
    /// The key in the session of a connection.
    enum Key: SessionKey { typealias Value = ConnectedClient }

    let id: ExactText
    let connection: any Connection

    /// What the broker publishes if the connection ends without a Disconnect.
    let will: Will?

    init(id: ExactText, _ connection: any Connection, will: Will?) {
        self.id = id
        self.connection = connection
        self.will = will
    }

    /// Sends a message of another client.
    func send(_ publish: OutgoingPublish) {
        do throws(PayloadError) {
            try connection.send(publish.message, header: publish.header)
        } catch {
            connection.logger.error("message not sent", metadata: ["error": "\(error)"])
        }
    }
}

/// The last will of a client.
struct Will: Sendable {
    let publication: Publication
    let retains: Bool
}
