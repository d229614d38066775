internal import CLinux
internal import Glibc

/// Accepts connections at an address, once it is started.
///
/// It is known to the loop of its acceptor then, and lives until it is closed or the loop is stopped.
package final class Listener: @unchecked Sendable {
    /// Where it listens, with the port that it got.
    package let address: SocketAddress

    let socket: Socket
    /// The file of a Unix-domain socket that was opened here.
    private let file: UnixSocketFile?
    private let loop: EventLoop
    private let onAccept: @Sendable (Int32, SocketAddress) -> Void
    private let onFailure: @Sendable (TransportError) -> Void
    private let onBackOff: @Sendable () -> Void

    // All that follows is touched on the loop only.

    private var token: HandleTable.Token?
    private var isClosed = false
    /// Whether there may be connections to accept.
    private var isReadable = false
    /// A descriptor to close when there are no others left, so that a connection can be accepted and closed.
    private var spare = SpareDescriptor()
    /// Runs while the listener accepts nothing, because the system has no descriptors or no memory for a connection.
    private let pause = Deadline()
    /// The number of connections refused since the last report.
    private var refusals = 0
    private var lastReport: UInt64?
    var awaitsContinuation = false

    /// The largest number of connections to accept in one iteration.
    private static let maximumAcceptsPerIteration = 64

    /// The largest number of connections to refuse in one iteration.
    private static let maximumRefusalsPerIteration = 16

    /// How long the listener accepts nothing after it could not accept a connection.
    private static let pauseTime = Duration.milliseconds(50)

    /// The least time between two reports of failure, in nanoseconds.
    private static let reportInterval: UInt64 = 5_000_000_000

    /// Begins to listen; connections wait until it is started.
    ///
    /// - Parameters:
    ///   - address: The address to listen on; port 0 takes a free port. The file of a Unix-domain socket whose server has
    ///     ended is replaced; the file is removed when the listener is closed.
    ///   - fileMode: The permissions of that file.
    ///   - backlog: The number of connections that may wait to be accepted; the system has a limit of its own.
    ///   - loop: The loop that accepts.
    ///   - onAccept: Called on the loop for each connection. It takes over the descriptor, which does not block.
    ///   - onFailure: Called on the loop when connections could not be accepted, at most once in 5 seconds.
    ///   - onBackOff: Called on the loop every time that a connection could not be accepted.
    /// - Throws: A `TransportError` when the address cannot be listened on.
    package init(
        address: SocketAddress,
        fileMode: UInt16 = 0o660,
        backlog: Int,
        acceptor loop: EventLoop,
        onAccept: @escaping @Sendable (Int32, SocketAddress) -> Void,
        onFailure: @escaping @Sendable (TransportError) -> Void,
        onBackOff: @escaping @Sendable () -> Void = {}
    ) throws(TransportError) {
        (socket, self.address, file) = try Self.open(address, backlog, fileMode)
        self.loop = loop
        self.onAccept = onAccept
        self.onFailure = onFailure
        self.onBackOff = onBackOff
    }

    /// Takes over a listening socket that the caller has opened.
    ///
    /// - Parameters:
    ///   - descriptor: The listening socket; it is closed with the listener.
    ///   - loop: The loop that accepts.
    ///   - onAccept: Called on the loop for each connection. It takes over the descriptor, which does not block.
    ///   - onFailure: Called on the loop when connections could not be accepted, at most once in 5 seconds.
    ///   - onBackOff: Called on the loop every time that a connection could not be accepted.
    /// - Throws: A `TransportError` when `descriptor` is not a listening stream socket; it stays open then.
    package init(
        adopting descriptor: Int32,
        acceptor loop: EventLoop,
        onAccept: @escaping @Sendable (Int32, SocketAddress) -> Void,
        onFailure: @escaping @Sendable (TransportError) -> Void,
        onBackOff: @escaping @Sendable () -> Void = {}
    ) throws(TransportError) {
        (socket, address) = try Self.adopt(descriptor)
        file = nil
        self.loop = loop
        self.onAccept = onAccept
        self.onFailure = onFailure
        self.onBackOff = onBackOff
    }

    /// Begins to accept connections.
    ///
    /// From any thread.
    ///
    /// - Parameter completion: Called on the loop, with the reason when it cannot: then it is closed.
    package func start(whenStarted completion: @escaping @Sendable (TransportError?) -> Void) {
        loop.execute { completion(self.startNow()) }
    }

    /// Stops listening.
    ///
    /// From any thread.
    ///
    /// - Parameter completion: Called on the loop when the port is free; no connection is accepted after that.
    package func close(whenClosed completion: (@Sendable () -> Void)? = nil) {
        loop.execute {
            self.closeNow()
            completion?()
        }
    }

    private func startNow() -> TransportError? {
        let action = "cannot accept connections on \(address)"
        guard !isClosed, !loop.hasStopped else {
            closeNow()
            return TransportError(.cannotAccept, description: "\(action): the event loop has stopped")
        }
        let (token, errno) = loop.watch(socket.descriptor, for: self)
        self.token = token
        guard token == nil else { return nil }
        closeNow()
        return TransportError(.cannotAccept, action, errno: errno)
    }

    private func closeNow() {
        guard !isClosed else { return }
        isClosed = true
        if let token { loop.unwatch(token) }
        pause.cancel()
        file?.remove()
        socket.close()
        spare.giveUp()
    }

    // MARK: Accepting

    private func acceptSome() {
        guard isReadable, !pause.isRunning else { return }
        for _ in 0..<Self.maximumAcceptsPerIteration {
            guard !isClosed else { return }
            do throws(AcceptFailure) {
                let connection = try accept()
                onAccept(connection.socket.descriptor, connection.remoteAddress)
            } catch {
                switch error.kind {
                case .nothingToAccept:
                    isReadable = false
                    return
                case .connectionIsGone: continue
                case .noDescriptors:
                    refuseSome()
                    return backOff(from: error)
                case .other: return backOff(from: error)
                }
            }
        }
        loop.requestContinuation(of: self)
    }

    /// Accepts and closes a few connections, so that their clients get an answer at once.
    private func refuseSome() {
        for _ in 0..<Self.maximumRefusalsPerIteration where spare.isHeld && !isClosed {
            spare.giveUp()
            let connection = try? accept()
            let hasMore = spare.takeBack()
            guard let connection else { return }
            if hasMore {
                // There are descriptors again.
                onAccept(connection.socket.descriptor, connection.remoteAddress)
            } else {
                connection.socket.close()
                spare.takeBack()
                refusals += 1
            }
        }
    }

    /// Accepts nothing for ``pauseTime``, and reports the reason, at most once in ``reportInterval``.
    private func backOff(from failure: AcceptFailure) {
        guard !isClosed else { return }
        onBackOff()
        pause.start(in: loop.deadlines(lasting: Self.pauseTime), delegate: self)
        if let lastReport, loop.now - lastReport < Self.reportInterval { return }
        lastReport = loop.now
        let action = "cannot accept connections on \(address) (\(refusals) refused)"
        refusals = 0
        onFailure(TransportError(.cannotAccept, action, errno: failure.errno))
    }
}

extension Listener: Pollable {
    func becameReady(_ events: PollEvents) {
        isReadable = true
        acceptSome()
    }

    func continueWork() {
        acceptSome()
    }

    func loopStops() {
        closeNow()
    }
}

extension Listener: DeadlineDelegate {
    package func deadlinePassed(_ deadline: Deadline) {
        spare.takeBack()
        acceptSome()
    }
}

/// Why no connection was accepted.
struct AcceptFailure: Error {
    /// What the listener does about it.
    enum Kind {
        /// No connection waits.
        case nothingToAccept
        /// The connection that waited has closed.
        case connectionIsGone
        /// The process, or the system, has as many descriptors as it may.
        case noDescriptors
        /// Another error, which may be temporary.
        case other
    }

    /// The system's error number.
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

/// A descriptor of `/dev/null`, to be closed when the process has no others left.
struct SpareDescriptor {
    private var descriptor = linux_open_spare()

    /// Whether the descriptor is open.
    var isHeld: Bool { descriptor >= 0 }

    /// Closes the descriptor, so that another can be opened.
    mutating func giveUp() {
        if isHeld { linux_close(descriptor) }
        descriptor = -1
    }

    /// Opens the descriptor again, if the process may open one.
    ///
    /// - Returns: Whether it is open.
    @discardableResult
    mutating func takeBack() -> Bool {
        if !isHeld { descriptor = linux_open_spare() }
        return isHeld
    }
}
