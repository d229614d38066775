#if Tracing
import Logging
import Switchboard
import SwitchboardTracing
import TestSupport
import Tracing

extension Router {
    /// The handlers of a market, with a span for each message; cake is sold out.
    static func market(_ tracer: W3CTracer) -> Router {
        var router = Router(Market.self)
        router.use(.tracing(tracer, serverAddress: "market.example", serverPort: 5001))
        router.on(Market.Buy.self) { message, _ in
            if message.item == "cake" { throw Market.Problem(code: .soldOut, text: "no cake") }
            if message.item == "ghost" { throw Missing() }
            return Market.Bought(price: 3)
        }
        router.on(Market.Look.self) { _, _ in Market.Looked(count: 7) }
        router.on(Market.Hint.self) { _, _ in }
        return router
    }
}

/// An error that is no message.
struct Missing: Error {}

/// Runs a server on a free port for as long as `body` runs.
func withServer(_ router: Router, _ body: (_ server: Server, _ port: Int) async throws -> Void) async throws {
    var configuration = ServerConfiguration(port: 0, eventLoops: 1)
    configuration.removeLimits()
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let server = try Server(router, configuration: configuration, logger: logger)
    let running = Task { try await server.run(gracefulShutdownSignals: []) }
    defer { running.cancel() }
    try await body(server, server.listeningAddress.port)
    running.cancel()
    try await running.value
}

/// Connects a client that makes spans, for as long as `body` runs.
func withClient(
    _ port: Int,
    _ tracer: (any Tracer)?,
    _ configure: (inout ClientConfiguration) -> Void = { _ in },
    _ body: (Client) async throws -> Void
) async throws {
    var configuration = ClientConfiguration()
    configuration.requestTimeout = .seconds(Patience.seconds)
    configuration.useTracing(tracer)
    configure(&configuration)
    let client = try await Client.connect(
        host: "127.0.0.1",
        port: port,
        speaking: Market.self,
        configuration: configuration
    )
    do { try await body(client) } catch {
        await client.close()
        throw error
    }
    await client.close()
}
#endif
