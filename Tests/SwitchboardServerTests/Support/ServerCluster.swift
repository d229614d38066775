import Logging
import ServiceLifecycle
import Switchboard
import SwitchboardBackplane
import SwitchboardTesting
import TestSupport

/// A running server that is joined to others by a log in memory.
final class ClusterServer: Sendable {
    let server: Server
    let backplane: InMemoryBackplane
    let log = RecordingLog()
    let port: Int
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    /// Starts a server of Workshop that joins `memory`.
    init(
        _ router: Router = .workshop(),
        joining memory: InMemoryLog,
        limits: BackplaneLimits = BackplaneLimits(),
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = ServerConfiguration(port: 0, eventLoops: 2)
        configuration.removeLimits()
        configure(&configuration)
        let logger = Logger(label: "test", factory: { [log] _ in log })
        let backplane = InMemoryBackplane(joining: memory, limits: limits)
        let server = try Server(router, configuration: configuration, backplane: backplane, logger: logger)
        let group = ServiceGroup(
            services: [server],
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        let running = Task { try await group.run() }
        port = try await server.listeningAddress.port
        (self.server, self.backplane, self.group, self.running) = (server, backplane, group, running)
    }

    /// Begins a graceful shutdown.
    func drain() async { await group.triggerGracefulShutdown() }

    /// Returns when the server has stopped.
    func stopped() async throws { try await running.value }

    /// Stops the server gracefully.
    func stop() async throws {
        await drain()
        try await stopped()
    }

    /// Connects a peer, which the server has admitted when this method returns.
    func connect() async throws -> RawPeer {
        let peer = try await RawPeer(port: port)
        try await peer.checkAnswer()
        return peer
    }
}

extension RawPeer {
    private static let encoder = FrameEncoder(Workshop.frameFormat)

    /// Sends a request, and expects its reply as the next bytes.
    func checkAnswer() async throws {
        try await send(Self.encoder.encode(Workshop.Add(left: 1, right: 2)))
        let reply = try Self.encoder.encode(Workshop.Sum(value: 3))
        let received = try await receive(count: reply.count)
        guard received == reply else { throw UnexpectedBytes(description: "\(Array(received))") }
    }

    struct UnexpectedBytes: Error, CustomStringConvertible {
        let description: String
    }
}
