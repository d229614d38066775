import Logging
import ServiceLifecycle
import Switchboard
import SwitchboardTesting
import TestSupport
import Testing

/// The gate at which handlers of `Hold` wait until the test opens it.
actor Gate {
    private var held: [CheckedContinuation<Void, Never>] = []
    private var waitingForArrival: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private(set) var cancellations = 0
    private var waitingForCancellation: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false

    /// Waits until the gate opens.
    func pass() async {
        if isOpen { return }
        await withCheckedContinuation { continuation in
            held.append(continuation)
            for waiting in waitingForArrival where waiting.count <= held.count { waiting.continuation.resume() }
            waitingForArrival.removeAll { $0.count <= held.count }
        }
        if Task.isCancelled {
            cancellations += 1
            for continuation in waitingForCancellation { continuation.resume() }
            waitingForCancellation = []
        }
    }

    /// Returns when `count` handlers are waiting.
    func arrival(of count: Int) async {
        if held.count >= count { return }
        await withCheckedContinuation { waitingForArrival.append((count, $0)) }
    }

    /// Opens the gate for all handlers, now and later.
    func open() {
        isOpen = true
        for continuation in held { continuation.resume() }
        held = []
    }
}

private struct Secret: Error {}

extension Router {
    /// The handlers of Workshop.
    static func workshop(_ gate: Gate = Gate()) -> Router {
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, _ in Workshop.Sum(value: message.left &+ message.right) }
        router.on(Workshop.Hold.self) { message, _ in
            await gate.pass()
            return Workshop.Sum(value: message.value)
        }
        router.on(Workshop.Note.self) { note, context in
            if note.text == "bye" { context.connection.close() }
            try context.broadcast(note)
        }
        router.on(Workshop.Fail.self) { message, _ in
            if message.waits { await Task.yield() }
            if message.openly { throw Workshop.Problem(code: .outOfPaint, text: "no more blue") }
            throw Secret()
        }
        router.on(Workshop.Vault.self) { _, _ in Workshop.Sum(value: 1_000_000) }
        router.on(Workshop.Door.self) { message, context in
            context.noteAuthentication(of: message.user, isAccepted: !message.user.isEmpty)
            if !message.user.isEmpty {
                context.session.identity = Session.Identity(user: message.user)
            }
            return Workshop.Sum(value: 0)
        }
        router.on(Workshop.Blob.self) { message, _ in Workshop.BlobReply(data: message.data) }
        return router
    }
}

/// Makes a test server with the handlers of Workshop, without rate limits.
func makeTestServer(
    _ gate: Gate = Gate(),
    _ configure: (inout ServerConfiguration) -> Void = { _ in }
) throws -> TestServer {
    var configuration = ServerConfiguration()
    configuration.rateLimit = 0
    configuration.globalRateLimit = 0
    configure(&configuration)
    return try TestServer(.workshop(gate), configuration: configuration, patience: .seconds(Patience.seconds))
}

/// Runs a server on a free port for as long as `body` runs.
func withServer(
    _ router: Router = .workshop(),
    _ configure: (inout ServerConfiguration) -> Void = { _ in },
    logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
    stoppedGracefully isGraceful: Bool = false,
    _ body: (_ port: Int) async throws -> Void
) async throws {
    var configuration = ServerConfiguration(port: 0, eventLoops: 2)
    configuration.removeLimits()
    configure(&configuration)
    let server = try Server(router, configuration: configuration, logger: logger)
    let group = ServiceGroup(services: [server], logger: logger)
    let running = Task {
        if isGraceful { try await group.run() } else { try await server.run(gracefulShutdownSignals: []) }
    }
    do {
        try await body(server.listeningAddress.port)
    } catch {
        running.cancel()
        throw error
    }
    if isGraceful { await group.triggerGracefulShutdown() } else { running.cancel() }
    try await running.value
}

/// Runs a client of the server on `port` for as long as `body` runs.
func withClient<Result>(_ port: Int, _ body: (Client) async throws -> Result) async throws -> Result {
    var configuration = ClientConfiguration()
    // Long, for busy machines.
    configuration.requestTimeout = .seconds(300)
    let client = try await Client.connect(
        host: "127.0.0.1",
        port: port,
        speaking: Workshop.self,
        configuration: configuration
    )
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}
