internal import SwitchboardRouter
internal import Synchronization

/// The message that a loop is handling, for those who look at it from elsewhere.
///
/// What they see may be a mixture of two messages, but not while the loop hangs in one.
final class CurrentMessage: Sendable {
    private let connection = Atomic<ConnectionID>(0)
    private let code = Atomic<MessageCode>(0)

    /// Input of a connection is about to be handled.
    @inline(__always)
    func begin(_ id: ConnectionID) { connection.store(id, ordering: .relaxed) }

    /// A message of it is about to be handled.
    @inline(__always)
    func begin(_ code: MessageCode) { self.code.store(code, ordering: .relaxed) }

    /// All input of the connection has been handled.
    @inline(__always)
    func end() { connection.store(0, ordering: .relaxed) }

    /// The connection whose input is being handled, and the message that was begun last; `nil` when there is none.
    var value: (connection: ConnectionID, code: MessageCode)? {
        let id = connection.load(ordering: .relaxed)
        return id == 0 ? nil : (id, code.load(ordering: .relaxed))
    }
}
