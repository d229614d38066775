internal import SwitchboardRouter
internal import Synchronization

/// Where a loop is in what users have written, for those who look at it from elsewhere.
///
/// What they see may be a mixture of two messages, but not while the loop hangs in one.
final class CurrentMessage: Sendable {
    /// What is being done for a connection.
    enum Place {
        /// Its input is being handled, and this is the message that was begun last.
        case message(ConnectionID, MessageCode)
        /// Those who want to know that it has closed are being told.
        case disconnection(ConnectionID)
    }

    /// Marks the number of a connection that has closed: so many there are never.
    private static let closedMark: ConnectionID = 1 << 63

    private let connection = Atomic<ConnectionID>(0)
    private let code = Atomic<MessageCode>(0)

    /// Input of a connection is about to be handled.
    @inline(__always)
    func begin(_ id: ConnectionID) { connection.store(id, ordering: .relaxed) }

    /// A message of it is about to be handled.
    @inline(__always)
    func begin(_ code: MessageCode) { self.code.store(code, ordering: .relaxed) }

    /// Those who want to know that a connection has closed are about to be told.
    func beginDisconnection(of id: ConnectionID) { connection.store(id | Self.closedMark, ordering: .relaxed) }

    /// All input of the connection has been handled, or all have been told.
    @inline(__always)
    func end() { connection.store(0, ordering: .relaxed) }

    /// What is being done; `nil` when it is nothing of users'.
    var place: Place? {
        let id = connection.load(ordering: .relaxed)
        if id == 0 { return nil }
        if id & Self.closedMark != 0 { return .disconnection(id & ~Self.closedMark) }
        return .message(id, code.load(ordering: .relaxed))
    }
}
