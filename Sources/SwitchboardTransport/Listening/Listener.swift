internal import Synchronization

/// Listens at an address, and accepts connections after ``start(whenStarted:)``, on one event loop or several.
///
/// Each event loop has an ``Acceptor`` with a descriptor of the listening socket. A client wakes one of the loops that wait, and a busy
/// loop keeps no client waiting while another one is free. A started listener lives until it is closed or its event loops stop, because
/// the loops have references to it.
package final class Listener: Sendable {
    /// The address that it listens at.
    ///
    /// For port 0, it has the port that the system chose.
    package let address: SocketAddress

    private let acceptors: [Acceptor]
    private let state: ListenerState

    /// Begins to listen; clients can connect, but wait until the listener is started.
    ///
    /// - Parameters:
    ///   - address: The address to listen on. Port 0 stands for a free port. If the address is a path with the socket
    ///     file of a server that has ended, the listener replaces the file. The listener removes its file when it
    ///     closes.
    ///   - fileMode: The permissions of the file of a Unix-domain socket.
    ///   - backlog: The number of clients that may wait to be accepted. The system may have a lower limit.
    ///   - loops: The loops that accept, at least one.
    ///   - onAccept: Called for each connection, on the loop that accepted it, with the position of that loop. It takes over the
    ///     descriptor, which does not block.
    ///   - onFailure: Called on a loop when connections could not be accepted, at most once in 5 seconds.
    ///   - onBackOff: Called on a loop every time that a connection could not be accepted.
    /// - Throws: A `TransportError` when the system does not let the process listen at the address.
    package init(
        address: SocketAddress,
        fileMode: UInt16 = 0o660,
        backlog: Int,
        acceptors loops: [EventLoop],
        onAccept: @escaping @Sendable (Int32, SocketAddress, _ loop: Int) -> Void,
        onFailure: @escaping @Sendable (TransportError) -> Void,
        onBackOff: @escaping @Sendable () -> Void = {}
    ) throws(TransportError) {
        let (socket, address, file) = try Self.open(address, backlog, fileMode)
        self.address = address
        let events = ListenerEvents(onAccept: onAccept, onFailure: onFailure, onBackOff: onBackOff)
        let state = ListenerState(socket, file, address, isShared: false, loops.count, events)
        self.state = state
        acceptors = loops.enumerated().map { Acceptor($1, $0, state) }
    }

    /// Takes over a listening socket that the caller has opened.
    ///
    /// - Parameters:
    ///   - descriptor: The listening socket. The listener closes it when it closes.
    ///   - loops: The loops that accept, at least one.
    ///   - onAccept: Called for each connection, on the loop that accepted it, with the position of that loop. It takes over the
    ///     descriptor, which does not block.
    ///   - onFailure: Called on a loop when connections could not be accepted, at most once in 5 seconds.
    ///   - onBackOff: Called on a loop every time that a connection could not be accepted.
    /// - Throws: A `TransportError` when `descriptor` is not a listening stream socket. The descriptor stays open in
    ///   this case.
    package init(
        adopting descriptor: Int32,
        acceptors loops: [EventLoop],
        onAccept: @escaping @Sendable (Int32, SocketAddress, _ loop: Int) -> Void,
        onFailure: @escaping @Sendable (TransportError) -> Void,
        onBackOff: @escaping @Sendable () -> Void = {}
    ) throws(TransportError) {
        let (socket, address) = try Self.adopt(descriptor)
        self.address = address
        let events = ListenerEvents(onAccept: onAccept, onFailure: onFailure, onBackOff: onBackOff)
        let state = ListenerState(socket, nil, address, isShared: true, loops.count, events)
        self.state = state
        acceptors = loops.enumerated().map { Acceptor($1, $0, state) }
    }

    /// Begins to accept connections.
    ///
    /// From any thread.
    ///
    /// - Parameter completion: Called on a loop: with `nil`, or with the reason why the listener cannot accept
    ///   connections and has closed.
    package func start(whenStarted completion: @escaping @Sendable (TransportError?) -> Void) {
        let steps = Steps(acceptors.count) { failure in
            if failure != nil { self.close() }
            completion(failure)
        }
        for acceptor in acceptors {
            acceptor.loop.execute { steps.end(acceptor.start()) }
        }
    }

    /// Accepts the clients that are connected already and wait, and stops listening.
    ///
    /// From any thread. Otherwise the system would reset them. Those of a socket that the caller has opened are left to the other
    /// processes that may use it.
    ///
    /// - Parameter completion: Called on a loop when every loop has done that. If a loop hangs, the completion waits for it, and clients
    ///   wait until ``close(whenClosed:)`` is called.
    package func finish(whenClosed completion: @escaping @Sendable () -> Void) {
        forEachAcceptor(completion) { $0.finish() }
    }

    /// Stops listening.
    ///
    /// From any thread. Clients that wait to be accepted are reset.
    ///
    /// - Parameter completion: Called on a loop when every loop has closed its descriptor. The listener accepts no connection after
    ///   that. If a loop hangs, the completion waits for it, but the port is free: clients are refused as soon as this method returns.
    ///   That does not apply to a socket that the caller has opened, which other processes may use.
    package func close(whenClosed completion: (@Sendable () -> Void)? = nil) {
        state.stopListening()
        forEachAcceptor(completion) { $0.close() }
    }

    private func forEachAcceptor(_ completion: (@Sendable () -> Void)?, _ end: @escaping @Sendable (Acceptor) -> Void) {
        let steps = Steps(acceptors.count) { _ in completion?() }
        for acceptor in acceptors {
            acceptor.loop.execute {
                end(acceptor)
                steps.end(nil)
            }
        }
    }
}

/// Work that several event loops do, and what follows when the last one has done its part.
private final class Steps: Sendable {
    private struct State {
        var left: Int
        var failure: TransportError?
    }

    private let state: Mutex<State>
    private let completion: @Sendable (TransportError?) -> Void

    init(_ count: Int, completion: @escaping @Sendable (TransportError?) -> Void) {
        state = Mutex(State(left: count))
        self.completion = completion
    }

    /// Notes that a loop has done its part; the completion gets the first failure.
    func end(_ failure: TransportError?) {
        let ended = state.withLock { state -> State? in
            state.left -= 1
            state.failure = state.failure ?? failure
            return state.left == 0 ? state : nil
        }
        if let ended { completion(ended.failure) }
    }
}

extension Listener {
    /// Begins to listen, and accepts on one event loop: see ``init(address:fileMode:backlog:acceptors:onAccept:onFailure:onBackOff:)``.
    package convenience init(
        address: SocketAddress,
        fileMode: UInt16 = 0o660,
        backlog: Int,
        acceptor loop: EventLoop,
        onAccept: @escaping @Sendable (Int32, SocketAddress) -> Void,
        onFailure: @escaping @Sendable (TransportError) -> Void
    ) throws(TransportError) {
        try self.init(
            address: address,
            fileMode: fileMode,
            backlog: backlog,
            acceptors: [loop],
            onAccept: { descriptor, address, _ in onAccept(descriptor, address) },
            onFailure: onFailure
        )
    }
}
