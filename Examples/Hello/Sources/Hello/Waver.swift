import Switchboard

/// Passes Wave on to everybody else.
struct Waver: Hello.WaveHandler {
    func handle(_ message: Hello.Wave, context: Context) throws {
        try context.broadcast(message)
    }
}
