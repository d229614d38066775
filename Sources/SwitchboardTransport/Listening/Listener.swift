internal import CLinux
internal import Glibc

/// Listens at an address, and accepts connections after ``start(whenStarted:)``.
///
/// A started listener lives until it is closed or its event loop stops, because the loop has a reference to it.
package final class Listener: @unchecked Sendable {
    /// The address that it listens at.
    ///
    /// For port 0, it has the port that the system chose.
    package let address: SocketAddress

    let socket: Socket
    /// The file of a Unix-domain socket that the listener opened.
    private let file: UnixSocketFile?
    private let loop: EventLoop
    private let onAccept: @Sendable (Int32, SocketAddress) -> Void
    private let onFailure: @Sendable (TransportError) -> Void
    private let onBackOff: @Sendable () -> Void

    // Only the event loop uses the properties below.

    private var token: HandleTable.Token?
    private var isClosed = false
    /// Whether clients may be waiting to be accepted.
    private var isReadable = false
    /// A descriptor to close when the process has no others left.
    ///
    /// Then the listener can accept a connection in order to close it.
    private var spare = SpareDescriptor()
    /// Runs while the listener accepts no connections, because the system has no descriptor or no memory for one.
    private let pause = Deadline()
    /// The number of connections refused since the last report.
    private var refusals = 0
    private var lastReport: UInt64?
    var awaitsContinuation = false

    /// The largest number of connections to accept in one iteration.
    private static let maximumAcceptsPerIteration = 64

    /// The largest number of connections to refuse in one iteration.
    private static let maximumRefusalsPerIteration = 16

    /// The time for which the listener accepts no connections after a failure.
    private static let pauseTime = Duration.milliseconds(50)

    /// The shortest time between two reports of failures, in nanoseconds.
    private static let reportInterval: UInt64 = 5_000_000_000

    /// Begins to listen; clients can connect, but wait until the listener is started.
    ///
    /// - Parameters:
    ///   - address: The address to listen on. Port 0 stands for a free port. If the address is a path with the socket
    ///     file of a server that has ended, the listener replaces the file. The listener removes its file when it
    ///     closes.
    ///   - fileMode: The permissions of the file of a Unix-domain socket.
    ///   - backlog: The number of clients that may wait to be accepted. The system may have a lower limit.
    ///   - loop: The loop that accepts.
    ///   - onAccept: Called on the loop for each connection. It takes over the descriptor, which does not block.
    ///   - onFailure: Called on the loop when connections could not be accepted, at most once in 5 seconds.
    ///   - onBackOff: Called on the loop every time that a connection could not be accepted.
    /// - Throws: A `TransportError` when the system does not let the process listen at the address.
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
    ///   - descriptor: The listening socket. The listener closes it when it closes.
    ///   - loop: The loop that accepts.
    ///   - onAccept: Called on the loop for each connection. It takes over the descriptor, which does not block.
    ///   - onFailure: Called on the loop when connections could not be accepted, at most once in 5 seconds.
    ///   - onBackOff: Called on the loop every time that a connection could not be accepted.
    /// - Throws: A `TransportError` when `descriptor` is not a listening stream socket. The descriptor stays open in
    ///   this case.
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
    /// - Parameter completion: Called on the loop: with `nil`, or with the reason why the listener cannot accept
    ///   connections and has closed.
    package func start(whenStarted completion: @escaping @Sendable (TransportError?) -> Void) {
        loop.execute { completion(self.startNow()) }
    }

    /// Stops listening.
    ///
    /// From any thread.
    ///
    /// - Parameter completion: Called on the loop when the port is free. The listener accepts no connection after that.
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

    /// Accepts a few connections and closes them, so that the clients do not wait in vain.
    private func refuseSome() {
        for _ in 0..<Self.maximumRefusalsPerIteration where spare.isHeld && !isClosed {
            spare.giveUp()
            let connection = try? accept()
            let hasMore = spare.takeBack()
            guard let connection else { return }
            if hasMore {
                // The process has descriptors again.
                onAccept(connection.socket.descriptor, connection.remoteAddress)
            } else {
                connection.socket.close()
                spare.takeBack()
                refusals += 1
            }
        }
    }

    /// Accepts no connections for ``pauseTime``.
    ///
    /// Reports the reason, but only once in ``reportInterval``.
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

/// The failure of an attempt to accept a connection.
struct AcceptFailure: Error {
    /// The kinds of failures.
    ///
    /// The listener treats each kind in its own way.
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

/// A descriptor of `/dev/null` that the listener closes when the process has no others left.
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
