#if NATS
import BackplaneTestSupport
import SwitchboardBackplane
import SwitchboardNATS

extension NATSBackplane {
    /// A backplane for tests: however slow the machine is, only tests of silence find some.
    static func forTests(
        _ url: String,
        _ configure: (inout NATSBackplaneConfiguration) -> Void = { _ in }
    ) throws -> NATSBackplane {
        var configuration = NATSBackplaneConfiguration(url: try NATSURL(url))
        configuration.replyTimeout = .seconds(30)
        configuration.startTimeout = .seconds(60)
        configuration.limits.holdTime = .seconds(600)
        configure(&configuration)
        return try NATSBackplane(configuration)
    }
}

extension Member {
    /// A member that has joined.
    static func join(
        _ url: String,
        name: UInt32 = 0,
        _ configure: (inout NATSBackplaneConfiguration) -> Void = { _ in }
    ) async throws -> Member {
        let member = try Member(NATSBackplane.forTests(url, configure), name: name)
        try await member.join()
        return member
    }
}

extension Cluster {
    /// Members that have joined, each by one of the URLs.
    init(
        _ urls: [String],
        _ configure: (inout NATSBackplaneConfiguration) -> Void = { _ in }
    ) async throws {
        self = try await .join(urls.map { try NATSBackplane.forTests($0, configure) })
    }

    /// Members that have joined by the same URL.
    init(
        _ count: Int,
        at url: String,
        _ configure: (inout NATSBackplaneConfiguration) -> Void = { _ in }
    ) async throws {
        try await self.init(Array(repeating: url, count: count), configure)
    }
}
#endif
