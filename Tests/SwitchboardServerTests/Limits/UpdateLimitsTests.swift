import Logging
import Switchboard
import TestSupport
import Testing

@testable import SwitchboardServer

private let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

@Suite("Limits that change while a server runs")
struct UpdateLimitsTests {
    @Test("take effect, and all other properties keep their values")
    func subset() throws {
        let server = try Server(.workshop(), configuration: ServerConfiguration(port: 0))
        var other = server.configuration
        other.maximumConnections = 7
        other.rateLimit = 8
        other.idleTimeout = .seconds(9)
        other.drainTimeout = .seconds(10)
        other.port = 1
        other.backlog = 2
        other.writeTimeout = .seconds(3)
        try server.updateLimits(other)
        #expect(server.configuration.maximumConnections == 7)
        #expect(server.configuration.rateLimit == 8)
        #expect(server.configuration.idleTimeout == .seconds(9))
        #expect(server.configuration.drainTimeout == .seconds(10))
        #expect(server.configuration.port == 0)
        #expect(server.configuration.backlog == 1024)
        #expect(server.configuration.writeTimeout == .seconds(30))
    }

    @Test("all keep their values when one of the new values is not allowed")
    func wrongValue() throws {
        let server = try Server(.workshop(), configuration: ServerConfiguration(port: 0))
        var wrong = server.configuration
        wrong.idleTimeout = .seconds(5)
        wrong.rateLimit = -1
        #expect(throws: ConfigurationError.self) { try server.updateLimits(wrong) }
        #expect(server.configuration.idleTimeout == .seconds(60))
        #expect(server.configuration.rateLimit == 1000)
    }

    @Test("of connections count the connections that were open before")
    func slots() {
        let slots = ConnectionSlots(limit: 10, limitPerAddress: 0, loops: 1)
        let address = SocketAddress(ipv4: 0x7F00_0001, port: 1)
        func isAdmitted() -> Bool {
            if case .admitted = slots.take(for: address, acceptedBy: 0) { true } else { false }
        }
        #expect(isAdmitted() && isAdmitted() && isAdmitted())
        slots.update(limit: 10, limitPerAddress: 3)
        #expect(!isAdmitted())
        slots.giveBack(for: address, of: 0)
        #expect(isAdmitted())
        slots.update(limit: 3, limitPerAddress: 0)
        #expect(!isAdmitted())
        slots.update(limit: 4, limitPerAddress: 0)
        #expect(isAdmitted())
    }

    @Test("of connections leave each to the event loop that accepted it, unless another one has fewer")
    func fairness() {
        let slots = ConnectionSlots(limit: 100, limitPerAddress: 0, loops: 3)
        let address = SocketAddress(ipv4: 0x7F00_0001, port: 1)
        func loop(acceptedBy acceptor: Int) -> Int? {
            if case .admitted(let loop) = slots.take(for: address, acceptedBy: acceptor) { loop } else { nil }
        }
        #expect((0..<6).map { _ in loop(acceptedBy: 1) } == [1, 0, 2, 1, 0, 2])
        slots.giveBack(for: address, of: 2)
        #expect(loop(acceptedBy: 0) == 2)
        #expect(loop(acceptedBy: 2) == 2)
    }

    @Test("of messages apply to the next message")
    func rates() {
        let rates = MessageRates(perConnection: 0, shared: 0)
        var isLimited = rates.isLimited
        #expect(!isLimited)
        rates.update(perConnection: 5, shared: 0)
        isLimited = rates.isLimited
        #expect(isLimited)
        let now: UInt64 = 5_000_000_000
        var (paidUntil, held) = (UInt64(0), 0)
        #expect(rates.allowance(upTo: 100, &paidUntil, &held, at: now) == 5)
        rates.update(perConnection: 0, shared: 300)
        held = 0
        #expect(rates.allowance(upTo: 100, &paidUntil, &held, at: now) == 3)
        rates.update(perConnection: 0, shared: 0)
        isLimited = rates.isLimited
        #expect(!isLimited)
    }

    @Test("of messages that become lower amid a batch make a peer wait a second at most, and no loop owes messages")
    func lowerAmidABatch() {
        let rates = MessageRates(perConnection: 0, shared: 0)
        let now: UInt64 = 5_000_000_000
        var (paidUntil, held) = (UInt64(0), 0)
        // 255 messages were allowed without a limit.
        rates.update(perConnection: 1, shared: 1000)
        rates.take(255, &paidUntil, &held, at: now)
        #expect(rates.allowance(upTo: 100, &paidUntil, &held, at: now) == 0)
        #expect(rates.allowance(upTo: 100, &paidUntil, &held, at: now + 1_000_000_000) == 1)
    }

    @Test("begin with authentication for the peers that are connected already")
    func authenticationTimeout() async throws {
        var configuration = ServerConfiguration()
        configuration.removeLimits()
        configuration.requiresAuthentication = true
        configuration.authenticationTimeout = .zero
        configuration.port = 0
        let server = try Server(.workshop(), configuration: configuration, logger: silent)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        let port = try await server.listeningAddress.port
        let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: Workshop.self)
        let error = await #expect(throws: Workshop.Problem.self) {
            try await client.request(Workshop.Add(left: 1, right: 2))
        }
        #expect(error?.code == .authenticationFailed)
        configuration.authenticationTimeout = .milliseconds(100)
        try server.updateLimits(configuration)
        for await event in client.events {
            if case .disconnected = event { break }
        }
        await client.close()
        running.cancel()
        try await running.value
    }
}
