internal import CLinux
internal import Glibc

/// Accepts the connections of a listener on one event loop.
///
/// Only that loop uses it.
final class Acceptor: @unchecked Sendable {
    let loop: EventLoop

    /// The position of the loop among those of the listener.
    private let number: Int
    private let listener: ListenerState

    /// The acceptor's own descriptor of the listening socket, while it accepts.
    private var socket: Socket?
    private var token: HandleTable.Token?
    private var isClosed = false
    /// Whether clients may be waiting to be accepted.
    private var isReadable = false
    /// Runs while the acceptor accepts no connections, because the system has no descriptor or no memory for one.
    private let pause = Deadline()
    var awaitsContinuation = false

    /// The largest number of connections to accept in one iteration.
    private static let maximumAcceptsPerIteration = 16

    /// The largest number of connections to accept when the listener finishes: the system keeps no more waiting by default.
    private static let maximumAcceptsAtEnd = 4096

    /// The largest number of connections to refuse in one iteration.
    private static let maximumRefusalsPerIteration = 16

    /// The time for which the acceptor accepts no connections after a failure.
    private static let pauseTime = Duration.milliseconds(50)

    init(_ loop: EventLoop, _ number: Int, _ listener: ListenerState) {
        self.loop = loop
        self.number = number
        self.listener = listener
    }

    func start() -> TransportError? {
        let action = "cannot accept connections on \(listener.address)"
        guard !isClosed, !loop.hasStopped else {
            close()
            return TransportError(.cannotAccept, description: "\(action): the event loop has stopped")
        }
        let descriptor = listener.duplicate()
        var failure = -min(descriptor, 0)
        if descriptor >= 0 {
            socket = Socket(descriptor: descriptor)
            (token, failure) = loop.watchListener(descriptor, for: self)
            if token != nil { return nil }
        }
        close()
        return TransportError(.cannotAccept, action, errno: failure)
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        if let token { loop.unwatch(token) }
        pause.cancel()
        socket.take()?.close()
        listener.acceptorClosed()
    }

    /// Accepts the connections that wait, unless other processes may do that, and closes.
    func finish() {
        if token != nil, !pause.isRunning, !listener.isShared { _ = accept(atMost: Self.maximumAcceptsAtEnd) }
        close()
    }

    private func acceptSome() {
        guard isReadable, !pause.isRunning else { return }
        if accept(atMost: Self.maximumAcceptsPerIteration) { loop.requestContinuation(of: self) }
    }

    /// - Returns: Whether more connections may be waiting.
    private func accept(atMost limit: Int) -> Bool {
        for _ in 0..<limit {
            guard !isClosed else { return false }
            do throws(AcceptFailure) {
                let connection = try accept()
                if listener.leavesOpen(connection) { pass(on: connection) }
            } catch {
                switch error.kind {
                case .nothingToAccept:
                    isReadable = false
                    return false
                case .connectionIsGone: continue
                case .noDescriptors:
                    refuseSome()
                    backOff(from: error)
                    return false
                case .other:
                    backOff(from: error)
                    return false
                }
            }
        }
        return true
    }

    private func accept() throws(AcceptFailure) -> AcceptedSocket {
        guard let socket else { throw AcceptFailure(errno: EAGAIN) }
        var storage = sockaddr_storage()
        let accepted = unsafe linux_accept(socket.descriptor, &storage)
        guard accepted >= 0 else { throw AcceptFailure(errno: -accepted) }
        guard let remoteAddress = SocketAddress(storage) else {
            linux_close(accepted)
            throw AcceptFailure(errno: ECONNABORTED)
        }
        return AcceptedSocket(socket: Socket(descriptor: accepted), remoteAddress: remoteAddress)
    }

    private func pass(on connection: AcceptedSocket) {
        listener.events.onAccept(connection.socket.descriptor, connection.remoteAddress, number)
    }

    /// Accepts a few connections and closes them, so that the clients do not wait in vain.
    private func refuseSome() {
        for _ in 0..<Self.maximumRefusalsPerIteration where !isClosed {
            switch listener.refuse(accept) {
            case .noClient: return
            case .refused: continue
            case .accepted(let connection): pass(on: connection)
            }
        }
    }

    /// Accepts no connections for ``pauseTime``.
    private func backOff(from failure: AcceptFailure) {
        guard !isClosed, !listener.isClosing else { return }
        listener.events.onBackOff()
        pause.start(in: loop.deadlines(lasting: Self.pauseTime), delegate: self)
        listener.report(failure, at: loop.now)
    }
}

extension Acceptor: Pollable {
    func becameReady(_ events: PollEvents) {
        isReadable = true
        acceptSome()
    }

    func continueWork() {
        acceptSome()
    }

    func loopStops() {
        close()
    }
}

extension Acceptor: DeadlineDelegate {
    func deadlinePassed(_ deadline: Deadline) {
        SpareDescriptor.ofProcess.takeBack()
        acceptSome()
    }
}

/// A connection that was accepted.
struct AcceptedSocket: Sendable {
    let socket: Socket
    let remoteAddress: SocketAddress
}

/// The failure of an attempt to accept a connection.
struct AcceptFailure: Error {
    /// The kinds of failures.
    ///
    /// The acceptor treats each kind in its own way.
    enum Kind {
        /// No client is waiting.
        case nothingToAccept
        /// The waiting connection has closed.
        case connectionIsGone
        /// The process or the system has reached its limit of open descriptors.
        case noDescriptors
        /// Any other error; it may be temporary.
        case other
    }

    /// The error number of the system.
    let errno: Int32

    var kind: Kind {
        switch errno {
        case EAGAIN: .nothingToAccept
        case EMFILE, ENFILE: .noDescriptors
        // Errors of the connection, not of the listener: see accept(2).
        case ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH,
            EPERM:
            .connectionIsGone
        default: .other
        }
    }
}
