internal import CLinux
internal import Synchronization

/// A descriptor of `/dev/null` that a listener closes when the process has no others left.
///
/// Then it can accept a client in order to close the connection. The process has one, as it has one limit of descriptors: no listener
/// and no event loop keeps a connection with the descriptor that another one has freed.
final class SpareDescriptor: Sendable {
    static let ofProcess = SpareDescriptor()

    /// The result of an attempt to refuse a client.
    enum Refusal {
        /// The listener accepted no client, because no client waits or the spare descriptor is missing.
        case noClient
        /// The connection of a client is closed.
        case refused
        /// The connection of a client is open, because the process has descriptors again.
        case accepted(AcceptedSocket)
    }

    /// The descriptor; negative while it is closed.
    ///
    /// It changes only under the lock.
    private let descriptor = Atomic(linux_open_spare())
    private let lock = Mutex(())

    private var isHeld: Bool { descriptor.load(ordering: .acquiring) >= 0 }

    /// Opens the descriptor again, if it is closed and the process has not reached its limit.
    func takeBack() {
        lock.withLock { _ in _ = reopen() }
    }

    /// Runs `accept`, which accepts a connection, with the spare descriptor closed; closes the connection.
    func refuse(_ accept: () throws(AcceptFailure) -> AcceptedSocket) -> Refusal {
        lock.withLock { _ in
            guard isHeld else { return .noClient }
            linux_close(descriptor.exchange(-1, ordering: .acquiringAndReleasing))
            let connection = try? accept()
            let hasMore = reopen()
            guard let connection else { return .noClient }
            if hasMore { return .accepted(connection) }
            giveBack(connection)
            return .refused
        }
    }

    /// Closes a connection that was accepted, if the spare descriptor is missing and the process has no other.
    ///
    /// - Returns: Whether the connection is open.
    func leavesOpen(_ connection: AcceptedSocket) -> Bool {
        if isHeld { return true }
        return lock.withLock { _ in
            if reopen() { return true }
            giveBack(connection)
            return false
        }
    }

    private func giveBack(_ connection: AcceptedSocket) {
        connection.socket.close()
        _ = reopen()
    }

    private func reopen() -> Bool {
        if !isHeld { descriptor.store(linux_open_spare(), ordering: .releasing) }
        return isHeld
    }
}
