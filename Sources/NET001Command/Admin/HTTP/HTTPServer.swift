import Glibc
import SwitchboardTransport
import Synchronization

/// A small HTTP/1.1 server for GET and HEAD, on an event loop of its own.
///
/// Its clients use neither an event loop of the NET-001 server nor Swift's concurrent threads: a slow or hostile HTTP client
/// delays no peer of that server. ``HTTPLimits`` has the limits of a client.
final class HTTPServer: @unchecked Sendable {
    /// The loop on which everything of this server happens.
    let loop: EventLoop

    private let handler: any HTTPHandler
    private let limits: SharedStreamLimits

    private let listeners = Mutex<[Listener]>([])

    // All that follows is touched on the loop only.

    private var connections: [HTTPConnection] = []
    /// Requests whose responses are still to be made.
    private var waiting: [(connection: HTTPConnection, work: @Sendable () async -> HTTPResponse)] = []
    /// Whether a response is being made.
    private var isWorking = false

    /// The most connections that the kernel holds until they are accepted.
    private static let backlog = 128

    /// How many bytes are read of a client that is told about its mistake, so that it sees the answer before the end.
    private static let lingerBytes = 1024 * 1024

    /// - Throws: When the system has no descriptors for an event loop.
    init(handler: any HTTPHandler) throws(TransportError) {
        loop = try EventLoop(label: "net001.admin")
        self.handler = handler
        var limits = StreamLimits()
        limits.lingerBytes = Self.lingerBytes
        limits.maximumPendingBytes = HTTPLimits.maximumPendingOutput
        limits.maximumUnreadBytes = HTTPLimits.maximumHead
        limits.writeTimeout = HTTPLimits.idleTimeout
        self.limits = SharedStreamLimits(limits)
    }

    /// Listens at all `addresses`, which are to have the same port.
    ///
    /// Connections wait until ``start()``. Addresses that this machine does not have are left out, if there are others.
    ///
    /// - Returns: Where it listens, with the real port where they have port 0.
    /// - Throws: When one of the addresses is taken, or none can be listened on.
    func listen(at addresses: [SocketAddress]) throws(TransportError) -> [SocketAddress] {
        let opened = try Listener.atAll(addresses) { address throws(TransportError) in
            try Listener(
                address: address,
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

    /// Begins to accept connections.
    ///
    /// - Throws: When the system has no memory for that.
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

    /// Closes a connection if there are too many: the newest always gets its place.
    private func makeRoom() {
        guard connections.count >= HTTPLimits.maximumConnections, let dispensable else { return }
        forget(dispensable)
        dispensable.abort()
    }

    /// Of the connections that are not being answered, the one that has been waiting longest; if there is none, the one
    /// that has got the most answers before, the oldest of them.
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

    /// Sees to it that `connection` gets the response to `request`, in a later turn of the loop.
    func answer(_ request: HTTPRequest, from remoteAddress: SocketAddress?, on connection: HTTPConnection) {
        switch handler.answer(request, from: remoteAddress) {
        case .now(let response): respond(response, on: connection)
        case .later(let work):
            guard connections.reduce(0, { $0 + $1.pendingOutput }) <= HTTPLimits.maximumPendingOutput else {
                return respond(HTTPResponse(.unavailable, text: "other clients read too slowly"), on: connection)
            }
            waiting.append((connection, work))
            workOnNext()
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

    private func respond(_ response: HTTPResponse, on connection: HTTPConnection) {
        let reference = Reference(connection)
        loop.execute { reference.connection.respond(response) }
    }

    /// Takes a connection through a task, back to its loop.
    private struct Reference: @unchecked Sendable {
        let connection: HTTPConnection

        init(_ connection: HTTPConnection) {
            self.connection = connection
        }
    }
}
