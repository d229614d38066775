internal import Synchronization

/// What a server is doing.
public enum ServerState: UInt8, Sendable {
    /// It does not listen yet.
    case starting
    /// It accepts connections.
    case ready
    /// It accepts no more connections, and answers what it has received.
    case stopping
    /// It has ended.
    case stopped
}

/// A ``ServerState`` that may be read from any thread.
final class SharedServerState: Sendable {
    private let value = Atomic(ServerState.starting.rawValue)

    var current: ServerState {
        get { ServerState(rawValue: value.load(ordering: .acquiring)) ?? .stopped }
        set { value.store(newValue.rawValue, ordering: .releasing) }
    }
}
