import Synchronization

/// The room that the client is in, and enters again after it has reconnected.
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
