import Switchboard
import Synchronization

/// A client that has connected: its connection, its will and its keep-alive.
final class ConnectedClient: Sendable {
    /// The key in the session of a connection.
    enum Key: SessionKey { typealias Value = ConnectedClient }

    let id: ExactText
    let connection: any Connection

    /// What the broker publishes if the connection ends without a Disconnect.
    let will: Will?

    /// The time without a packet after which the broker closes the connection; `nil` for no limit.
    private let patience: Duration?
    private let lastPacket: Mutex<ContinuousClock.Instant>

    /// - Parameter keepAlive: The keep-alive of the Connect, in seconds. 0 disables it.
    init(
        id: ExactText,
        _ connection: any Connection,
        will: Will?,
        keepAlive: UInt16,
        now: ContinuousClock.Instant = .now
    ) {
        self.id = id
        self.connection = connection
        self.will = will
        patience = keepAlive == 0 ? nil : .milliseconds(1500 * Int(keepAlive))
        lastPacket = Mutex(now)
    }

    /// The client has sent a packet.
    func notePacket(at now: ContinuousClock.Instant = .now) { lastPacket.withLock { $0 = now } }

    /// Whether the client has sent no packet for one and a half times its keep-alive.
    func isSilent(at now: ContinuousClock.Instant) -> Bool {
        guard let patience else { return false }
        return lastPacket.withLock { $0.duration(to: now) > patience }
    }
}

/// The last will of a client.
struct Will: Sendable {
    let publication: Publication
    let retains: Bool
}
