internal import SwitchboardTransport

/// The event loop of all clients of a program.
///
/// Clients spend their time waiting: one loop serves many.
enum SharedLoop {
    private static let loop: Result<EventLoop, TransportError> = {
        do throws(TransportError) { return .success(try EventLoop(label: "switchboard.client")) } catch {
            return .failure(error)
        }
    }()

    static func get() throws(TransportError) -> EventLoop {
        try loop.get()
    }
}
