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
        // Now, while the process has descriptors.
        SpareDescriptor.ofProcess.takeBack()
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
        state.withLock { endListening(&$0) }
    }

    /// Also before the socket is closed, because a process that was forked may have a descriptor of it for a moment.
    private func endListening(_ state: inout State) {
        state.file.take()?.remove()
        if !isShared, let socket = state.socket { linux_stop_listening(socket.descriptor) }
    }

    /// Notes that an acceptor has closed; the last one closes the socket.
    func acceptorClosed() {
        state.withLock { state in
            state.openAcceptors -= 1
            guard state.openAcceptors == 0 else { return }
            endListening(&state)
            state.socket.take()?.close()
        }
    }

    // MARK: Without descriptors

    /// Accepts a client in place of the spare descriptor, and closes the connection.
    func refuse(_ accept: () throws(AcceptFailure) -> AcceptedSocket) -> SpareDescriptor.Refusal {
        let refusal = SpareDescriptor.ofProcess.refuse(accept)
        if case .refused = refusal { countRefusal() }
        return refusal
    }

    /// Whether a connection that was accepted is still open: without the spare descriptor, it is refused, too.
    func leavesOpen(_ connection: AcceptedSocket) -> Bool {
        let isOpen = SpareDescriptor.ofProcess.leavesOpen(connection)
        if !isOpen { countRefusal() }
        return isOpen
    }

    private func countRefusal() {
        state.withLock { $0.refusals += 1 }
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
