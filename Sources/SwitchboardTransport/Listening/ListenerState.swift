internal import CLinux
internal import Glibc
internal import Synchronization

/// What a listener calls.
struct ListenerEvents: Sendable {
    let onAccept: @Sendable (Int32, SocketAddress, _ loop: Int) -> Void
    let onFailure: @Sendable (TransportError) -> Void
    let onBackOff: @Sendable () -> Void
}

/// What the acceptors of a listener share.
final class ListenerState: Sendable {
    let address: SocketAddress
    let events: ListenerEvents

    private struct State {
        /// The listening socket; `nil` when its descriptor is closed.
        var socket: Socket?
        /// The file of a Unix-domain socket that the listener opened.
        var file: UnixSocketFile?
        /// A descriptor to close when the process has no others left.
        ///
        /// Then an acceptor can accept a connection in order to close it.
        var spare = SpareDescriptor()
        /// The number of connections refused since the last report.
        var refusals = 0
        var lastReport: UInt64?
        /// The number of acceptors that have not closed.
        var openAcceptors: Int
    }

    private let state: Mutex<State>
    private let hasStopped = Atomic(false)
    /// Whether other processes may use the socket.
    let isShared: Bool

    /// The shortest time between two reports of failures, in nanoseconds.
    private static let reportInterval: UInt64 = 5_000_000_000

    init(
        _ socket: Socket,
        _ file: UnixSocketFile?,
        _ address: SocketAddress,
        isShared: Bool,
        _ acceptorCount: Int,
        _ events: ListenerEvents
    ) {
        state = Mutex(State(socket: socket, file: file, openAcceptors: acceptorCount))
        self.address = address
        self.isShared = isShared
        self.events = events
    }

    /// Whether the listener is closing.
    var isClosing: Bool { hasStopped.load(ordering: .relaxed) }

    /// Returns another descriptor of the socket, or a negated error number.
    func duplicate() -> Int32 {
        state.withLock { state in state.socket.map { linux_duplicate($0.descriptor) } ?? -EBADF }
    }

    /// Refuses clients from now on, unless other processes may use the socket.
    func stopListening() {
        hasStopped.store(true, ordering: .relaxed)
        state.withLock { state in
            state.file.take()?.remove()
            if !isShared, let socket = state.socket { linux_stop_listening(socket.descriptor) }
        }
    }

    /// Notes that an acceptor has closed; the last one closes the socket.
    func acceptorClosed() {
        state.withLock { state in
            state.openAcceptors -= 1
            guard state.openAcceptors == 0 else { return }
            state.file.take()?.remove()
            state.socket.take()?.close()
            state.spare.giveUp()
        }
    }

    // MARK: Without descriptors

    /// Runs `accept`, which accepts a connection, with the spare descriptor closed; closes the connection.
    ///
    /// - Returns: The connection, if the process has descriptors again and it is still open; whether there may be more to refuse.
    func refuse(
        _ accept: () throws(AcceptFailure) -> AcceptedSocket
    ) -> (connection: AcceptedSocket?, mayRefuseMore: Bool) {
        state.withLock { state in
            guard state.spare.isHeld else { return (nil, false) }
            state.spare.giveUp()
            let connection = try? accept()
            let hasMore = state.spare.takeBack()
            guard let connection else { return (nil, false) }
            // The process has descriptors again.
            if hasMore { return (connection, true) }
            connection.socket.close()
            state.spare.takeBack()
            state.refusals += 1
            return (nil, true)
        }
    }

    func takeBackSpare() {
        state.withLock { state in
            // Not after the listener has closed.
            if state.socket != nil { _ = state.spare.takeBack() }
        }
    }

    /// Reports a failure to accept, but only once in ``reportInterval``.
    func report(_ failure: AcceptFailure, at now: UInt64) {
        let refusals = state.withLock { state -> Int? in
            if let lastReport = state.lastReport, now < lastReport &+ Self.reportInterval { return nil }
            state.lastReport = now
            defer { state.refusals = 0 }
            return state.refusals
        }
        guard let refusals else { return }
        let action = "cannot accept connections on \(address) (\(refusals) refused)"
        events.onFailure(TransportError(.cannotAccept, action, errno: failure.errno))
    }
}

/// A descriptor of `/dev/null` that a listener closes when the process has no others left.
struct SpareDescriptor {
    private var descriptor = linux_open_spare()

    /// Whether the descriptor is open.
    var isHeld: Bool { descriptor >= 0 }

    /// Closes the descriptor, so that the process can open another one.
    mutating func giveUp() {
        if isHeld { linux_close(descriptor) }
        descriptor = -1
    }

    /// Opens the descriptor again, if the process has not reached its limit.
    ///
    /// - Returns: Whether the descriptor is open.
    @discardableResult
    mutating func takeBack() -> Bool {
        if !isHeld { descriptor = linux_open_spare() }
        return isHeld
    }
}
