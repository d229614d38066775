import BackplaneTestSupport
import SwitchboardBackplane
import SwitchboardNATS
import SwitchboardRedis
import SwitchboardTesting
import Testing

/// The kinds of engines.
enum EngineKind: String, CaseIterable, CustomTestStringConvertible {
    case memory
    case redis
    #if NATS
    case nats
    #endif

    /// The engines with a process of their own, whose backplanes keep the time.
    static var withClock: [EngineKind] { allCases.filter { $0 != .memory } }

    var testDescription: String { rawValue }

    /// Starts an engine.
    func start() async throws -> any Engine {
        switch self {
        case .memory: InMemoryEngine()
        case .redis: RedisEngine(server: try await .start())
        #if NATS
        case .nats: NATSEngine(server: try await .start())
        #endif
        }
    }
}

/// An engine that a test starts, hurts and stops.
protocol Engine: Sendable {
    /// A backplane that has not been started.
    func backplane(_ limits: BackplaneLimits) throws -> any Backplane
    /// Makes the engine unreachable, without its data.
    func fail() async
    /// Makes the engine reachable again.
    func recover() async throws
}

extension Engine {
    /// However slow the machine is, only tests of holding end a hold.
    private var limits: BackplaneLimits {
        var limits = BackplaneLimits()
        limits.holdTime = .seconds(600)
        return limits
    }

    /// A member that has joined.
    func member(_ name: UInt32, for protocolFingerprint: ProtocolFingerprint = fingerprint) async throws -> Member {
        let member = Member(try backplane(limits), name: name)
        try await member.join(for: protocolFingerprint)
        return member
    }

    /// Members that have joined.
    func cluster(
        _ count: Int,
        _ configure: (inout BackplaneLimits) -> Void = { _ in }
    ) async throws -> Cluster {
        var limits = limits
        configure(&limits)
        return try await .join((0..<count).map { _ in try backplane(limits) })
    }
}

private struct InMemoryEngine: Engine {
    let log = InMemoryLog()

    func backplane(_ limits: BackplaneLimits) -> any Backplane { InMemoryBackplane(joining: log, limits: limits) }

    func fail() { log.isReachable = false }

    func recover() { log.isReachable = true }
}

private struct RedisEngine: Engine {
    let server: RedisServer

    func backplane(_ limits: BackplaneLimits) throws -> any Backplane {
        var configuration = RedisBackplaneConfiguration(url: try RedisURL(server.url))
        configuration.replyTimeout = .seconds(30)
        configuration.startTimeout = .seconds(60)
        configuration.limits = limits
        return try RedisBackplane(configuration)
    }

    func fail() async { await server.kill() }

    func recover() async throws { try await server.start() }
}

#if NATS
private struct NATSEngine: Engine {
    let server: NATSServer

    func backplane(_ limits: BackplaneLimits) throws -> any Backplane {
        var configuration = NATSBackplaneConfiguration(url: try NATSURL(server.url))
        configuration.storage = .memory
        configuration.replyTimeout = .seconds(30)
        configuration.startTimeout = .seconds(60)
        configuration.limits = limits
        return try NATSBackplane(configuration)
    }

    func fail() async { await server.kill() }

    func recover() async throws { try await server.start() }
}
#endif
