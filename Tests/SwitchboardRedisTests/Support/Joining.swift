import BackplaneTestSupport
import SwitchboardBackplane
import SwitchboardRedis
import SwitchboardTransport

extension RedisBackplane {
    /// A backplane for tests: however slow the machine is, only tests of silence find some.
    static func forTests(
        _ url: String,
        _ configure: (inout RedisBackplaneConfiguration) -> Void = { _ in }
    ) throws -> RedisBackplane {
        var configuration = RedisBackplaneConfiguration(url: try RedisURL(url))
        configuration.replyTimeout = .seconds(30)
        configuration.startTimeout = .seconds(60)
        configuration.limits.holdTime = .seconds(600)
        configure(&configuration)
        return try RedisBackplane(configuration)
    }
}

extension Member {
    /// A member that has joined.
    static func join(
        _ url: String,
        name: UInt32 = 0,
        for protocolFingerprint: ProtocolFingerprint = fingerprint,
        _ configure: (inout RedisBackplaneConfiguration) -> Void = { _ in }
    ) async throws -> Member {
        let member = try Member(url, name: name, configure)
        try await member.join(for: protocolFingerprint)
        return member
    }

    convenience init(_ url: String, name: UInt32, _ configure: (inout RedisBackplaneConfiguration) -> Void) throws {
        self.init(try RedisBackplane.forTests(url, configure), name: name)
    }
}

extension Cluster {
    /// Members that have joined, each by one of the URLs.
    init(
        _ urls: [String],
        _ configure: (inout RedisBackplaneConfiguration) -> Void = { _ in }
    ) async throws {
        self = try await .join(urls.map { try RedisBackplane.forTests($0, configure) })
    }

    /// Members that have joined by the same URL.
    init(
        _ count: Int,
        at url: String,
        _ configure: (inout RedisBackplaneConfiguration) -> Void = { _ in }
    ) async throws {
        try await self.init(Array(repeating: url, count: count), configure)
    }
}

extension Proxy {
    /// A proxy to a Unix-domain socket.
    convenience init(to path: String) throws { try self.init(to: SocketAddress(unixSocketPath: path)) }

    var url: String { "redis://127.0.0.1:\(port)" }
}

extension GreetingServer {
    var url: String { "redis://127.0.0.1:\(port)" }
}
