import SwitchboardTransport
import Testing

@testable import SwitchboardServer

@Suite("Events that repeat")
struct RepeatedEventsTests {
    private let refusal = RepeatedEvent.authentication(isAccepted: false)

    private func network(_ number: Int) throws -> SocketAddress.Network? {
        try SocketAddress("192.0.2.\(number)", port: 1).network
    }

    @Test("of one network are logged a few times a second, and do not hide those of other networks")
    func networks() throws {
        var events = RepeatedEvents()
        let (loud, quiet) = (try network(1), try network(2))
        let logged = (0..<1000).filter { _ in events.isLogged(refusal, of: loud, at: 0) }
        #expect(logged.count == RepeatedEvents.networkAllowance)
        let isQuietLogged = events.isLogged(refusal, of: quiet, at: 0)
        #expect(isQuietLogged)
        // Peers over Unix-domain sockets have no network.
        let isLocalLogged = events.isLogged(refusal, of: nil, at: 0)
        #expect(isLocalLogged)
        let summary = events.takeSummary(at: 1_000_000_000)
        #expect(summary.map(\.event) == [refusal])
        #expect(summary.map(\.count) == [1000 - RepeatedEvents.networkAllowance])
        let isLoggedAgain = events.isLogged(refusal, of: loud, at: 1_000_000_000)
        #expect(isLoggedAgain)
    }

    @Test("of many networks are logged up to the allowance of the event")
    func manyNetworks() throws {
        var events = RepeatedEvents()
        let networks = try (0..<250).map { try network($0) }
        let logged = networks.filter { events.isLogged(refusal, of: $0, at: 0) }
        #expect(logged.count == refusal.allowance)
        #expect(events.takeSummary(at: 1_000_000_000).map(\.count) == [250 - refusal.allowance])
    }
}
