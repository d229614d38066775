import Switchboard

/// Sends Wave to all other peers.
struct Waver: Hello.WaveHandler {
    func handle(_ message: Hello.Wave, context: Context) throws {
        try context.broadcast(message)
    }
}
