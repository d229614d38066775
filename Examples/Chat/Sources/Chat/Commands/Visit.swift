import Synchronization

/// The room that somebody is in, or wants to be in again when the connection is back.
final class Visit: Sendable {
    private let current: Mutex<String>

    init(room: String) {
        current = Mutex(room)
    }

    var room: String {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
