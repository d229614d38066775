import Glibc
import SwitchboardTransport
import Synchronization

/// A small HTTP/1.1 server for GET, HEAD and POST, on its own event loop.
///
/// It uses neither the event loops of the NET-001 server nor Swift's concurrent threads, so a slow or hostile HTTP
/// client delays no peer of that server. ``HTTPLimits`` has the limits.
final class HTTPServer: @unchecked Sendable {
    /// The event loop of the server and of all its connections.
    let loop: EventLoop

    private let handler: any HTTPHandler
    private let limits: SharedStreamLimits

    private let listeners = Mutex<[Listener]>([])

    // The properties below are used on the event loop only.

    private var connections: [HTTPConnection] = []
    /// The requests whose responses wait to be made.
    private var waiting: [(connection: HTTPConnection, work: @Sendable () async -> HTTPResponse)] = []
    /// Whether a response is being made.
    private var isWorking = false

    /// The number of connections that the kernel queues until the server accepts them.
    private static let backlog = 128

    /// The largest number of bytes to read after an error response, so that the client receives the response before the
    /// connection closes.
    private static let lingerBytes = 1024 * 1024

    /// - Throws: When the system has no descriptors for an event loop.
    init(handler: any HTTPHandler) throws(TransportError) {
        loop = try EventLoop(label: "switchboard.admin")
        self.handler = handler
        var limits = StreamLimits()
        limits.lingerBytes = Self.lingerBytes
        limits.maximumPendingBytes = HTTPLimits.maximumPendingOutput
        limits.maximumUnreadBytes = HTTPLimits.maximumHead
        limits.writeTimeout = HTTPLimits.idleTimeout
        self.limits = SharedStreamLimits(limits)
    }

    /// Listens on all `addresses`, which have the same port.
    ///
    /// Connections wait until ``start()``. The server skips addresses that this machine does not have, if there are
    /// others.
    ///
    /// - Parameters:
    ///   - addresses: The addresses.
    ///   - fileMode: The permissions of the file of a Unix-domain socket.
    /// - Returns: The addresses that the server listens on, with the real port in place of port 0.
    /// - Throws: A `TransportError` when an address is in use, or the server can listen on none of them.
    func listen(at addresses: [SocketAddress], fileMode: UInt16) throws(TransportError) -> [SocketAddress] {
        let opened = try Listener.atAll(addresses) { address throws(TransportError) in
            try Listener(
                address: address,
                fileMode: fileMode,
                backlog: Self.backlog,
                acceptor: loop,
                onAccept: { [self] in adopt($0, $1) },
                onFailure: { _ in }
            )
        } onMissing: { _ in
        }
        listeners.withLock { $0 = opened }
        return opened.map { $0.address }
    }

    /// Starts to accept connections.
    ///
    /// - Throws: A `TransportError` when the system has no memory.
    func start() async throws {
        for listener in listeners.withLock({ $0 }) {
            let failure = await withCheckedContinuation { continuation in
                listener.start { continuation.resume(returning: $0) }
            }
            if let failure { throw failure }
        }
    }

    /// Closes the ports and all connections.
    func stop() async {
        await withCheckedContinuation { continuation in
            loop.stop { continuation.resume() }
        }
    }

    // MARK: Connections

    private func adopt(_ descriptor: Int32, _ remoteAddress: SocketAddress) {
        let stream = SocketStream(adopting: descriptor, on: loop, remoteAddress: remoteAddress, limits: limits)
        makeRoom()
        let connection = HTTPConnection(stream, self)
        connections.append(connection)
        connection.start()
    }

    /// Closes a connection when there are too many; never the newest.
    private func makeRoom() {
        guard connections.count >= HTTPLimits.maximumConnections, let dispensable else { return }
        forget(dispensable)
        dispensable.abort()
    }

    /// The connection without a current request that has been idle the longest or, when there is none, the oldest one
    /// of those with the most responses.
    private var dispensable: HTTPConnection? {
        let waiting = connections.filter { !$0.isBeingAnswered }
        if let longest = waiting.min(by: { $0.lastActivity < $1.lastActivity }) { return longest }
        let most = connections.map { $0.responseCount }.max()
        return connections.first { $0.responseCount == most }
    }

    func forget(_ connection: HTTPConnection) {
        connections.removeAll { $0 === connection }
        waiting.removeAll { $0.connection === connection }
    }

    // MARK: Answers

    /// Sends the response to `request` over `connection`, in a later iteration of the event loop.
    func answer(_ request: HTTPRequest, from remoteAddress: SocketAddress?, on connection: HTTPConnection) {
        switch handler.answer(request, from: remoteAddress) {
        case .now(let response, let next): respond(response, on: connection, then: next)
        case .later(let work):
            guard connections.reduce(0, { $0 + $1.pendingOutput }) <= HTTPLimits.maximumPendingOutput else {
                return respond(HTTPResponse(.unavailable, text: "other clients read too slowly"), on: connection)
            }
            waiting.append((connection, work))
            workOnNext()
        case .events(let begin):
            let reference = Reference(connection)
            loop.execute { if let events = reference.connection.beginEvents() { begin(events) } }
        }
    }

    private func workOnNext() {
        guard !isWorking, !waiting.isEmpty else { return }
        isWorking = true
        let (connection, work) = waiting.removeFirst()
        let reference = Reference(connection)
        Task {
            let response = await work()
            loop.execute { [self] in
                reference.connection.respond(response)
                isWorking = false
                workOnNext()
            }
        }
    }

    private func respond(
        _ response: HTTPResponse,
        on connection: HTTPConnection,
        then next: (@Sendable () -> Void)? = nil
    ) {
        let reference = Reference(connection)
        loop.execute {
            reference.connection.respond(response)
            next?()
        }
    }

    /// Carries a connection through a task and back to its event loop.
    private struct Reference: @unchecked Sendable {
        let connection: HTTPConnection

        init(_ connection: HTTPConnection) {
            self.connection = connection
        }
    }
}

/// Answers requests.
protocol HTTPHandler: Sendable {
    /// Answers a request; called on the event loop of the HTTP server, which it must not block.
    ///
    /// - Parameter remoteAddress: The address of the client's socket.
    func answer(_ request: HTTPRequest, from remoteAddress: SocketAddress?) -> HTTPAnswer
}

/// The answer of a handler to a request.
enum HTTPAnswer: Sendable {
    /// The response, and what to do once it is sent, without blocking.
    case now(HTTPResponse, then: (@Sendable () -> Void)? = nil)
    /// A closure that makes the response. The server makes one response at a time, for all connections together.
    case later(@Sendable () async -> HTTPResponse)
    /// A closure that gets the stream of events; called on the event loop of the HTTP server, which it must not block.
    case events(@Sendable (HTTPEventStream) -> Void)
}

/// The limits of the HTTP server.
enum HTTPLimits {
    /// The maximum number of connections.
    ///
    /// A further connection replaces the one that has been idle the longest or, when none is idle, the one with the
    /// most responses.
    static let maximumConnections = 32

    /// The maximum length of a request line in bytes, without its line end.
    static let maximumRequestLine = 4096

    /// The maximum number of bytes of a request line and its header fields together.
    static let maximumHead = 16 * 1024

    /// The maximum number of header fields of a request.
    static let maximumFields = 64

    /// The maximum length of the body of a POST request in bytes; the server skips it.
    static let maximumBody = 1024

    /// The time for a client to send a request, from its first byte to the last one.
    static let requestTimeout = Duration.seconds(5)

    /// The time to make a response; after that the client gets status 503.
    static let answerTimeout = Duration.seconds(5)

    /// The time for a client to read a response and to begin the next request, or to begin the first one.
    static let idleTimeout = Duration.seconds(30)

    /// The number of bytes of pending output of a stream of events above which the client gets no further events.
    static let maximumPendingEvents = 64 * 1024

    /// The maximum number of bytes of pending output for all clients together; above it, requests get status 503.
    static let maximumPendingOutput = 64 * 1024 * 1024
}
