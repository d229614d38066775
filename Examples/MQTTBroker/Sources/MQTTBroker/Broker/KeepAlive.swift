import Switchboard

/// Closes the connections of clients that are silent for one and a half times their keep-alive, at most a second later.
struct KeepAlive {
    let broker: Broker

    /// Looks at all clients once a second, until its task is cancelled.
    func run() async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            broker.disconnectSilentClients(at: .now)
        }
    }
}
