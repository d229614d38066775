import Switchboard
import SwitchboardTesting
import TestSupport
import Testing

@Suite("The limit of connections of a user", .timeLimit(.minutes(Patience.minutes)))
struct UserLimitTests {
    private func makeServer(_ router: Router = .talking()) throws -> TestServer {
        var configuration = ServerConfiguration()
        configuration.maximumConnectionsPerUser = 2
        configuration.requiresAuthentication = true
        return try TestServer(router, configuration: configuration)
    }

    @Test("closes the newer connection behind the reply, and lets the user in again when an older one has gone")
    func limit() async throws {
        let server = try makeServer()
        let peers = [try server.connect(), try server.connect()]
        for peer in peers { _ = try await peer.request(Workshop.Door(user: "alice")) }
        let other = try server.connect()
        _ = try await other.request(Workshop.Door(user: "bob"))
        let third = try server.connect()
        // In one burst: the message behind the one that was refused is not that of an authenticated peer.
        let encoder = FrameEncoder(Workshop.frameFormat)
        let burst = try encoder.encode(Workshop.Door(user: "alice")) + encoder.encode(Workshop.Add(left: 1, right: 2))
        third.send(bytes: Array(burst))
        _ = try await third.receive(Workshop.Sum.self)
        #expect(try await third.receive(Workshop.Problem.self).code == .authenticationFailed)
        let problem = try await third.receive(Workshop.Problem.self)
        #expect(problem.code == .tooManyConnections)
        #expect(problem.text.contains("of this user is reached (2)"))
        try await third.receiveEnd()
        for peer in peers + [other] { #expect(try await peer.request(Workshop.Add(left: 1, right: 2)).value == 3) }
        peers[0].close()
        server.advance(by: .seconds(1))
        let fourth = try server.connect()
        _ = try await fourth.request(Workshop.Door(user: "alice"))
        #expect(try await fourth.request(Workshop.Add(left: 1, right: 2)).value == 3)
    }

    @Test("counts a connection for the user that it has now")
    func changes() async throws {
        let server = try makeServer()
        let peers = [try server.connect(), try server.connect(), try server.connect()]
        for user in ["alice", "alice", "bob", "", "alice"] { _ = try await peers[0].request(Workshop.Door(user: user)) }
        _ = try await peers[1].request(Workshop.Door(user: "alice"))
        _ = try await peers[0].request(Workshop.Door(user: "bob"))
        _ = try await peers[2].request(Workshop.Door(user: "alice"))
        _ = try await peers[2].request(Workshop.Add(left: 1, right: 2))
        _ = try await peers[0].request(Workshop.Door(user: "alice"))
        #expect(try await peers[0].receive(Workshop.Problem.self).code == .tooManyConnections)
        try await peers[0].receiveEnd()
    }

    @Test("closes the connection also when an async handler sets the identity, instead of its reply or behind it")
    func asyncHandler() async throws {
        var router = Router(Workshop.self)
        router.on(Workshop.Door.self) { message, context async in
            context.session.identity = Session.Identity(user: message.user)
            return Workshop.Sum(value: 0)
        }
        router.on(Workshop.Add.self) { message, _ in Workshop.Sum(value: message.left &+ message.right) }
        let server = try makeServer(router)
        for _ in 0..<2 { _ = try await server.connect().request(Workshop.Door(user: "alice")) }
        let third = try server.connect()
        try third.send(Workshop.Door(user: "alice"))
        var received = try await third.receive()
        if received.code == Workshop.Sum.code { received = try await third.receive() }
        #expect(try received.decoded(as: Workshop.Problem.self).code == .tooManyConnections)
        try await third.receiveEnd()
    }
}
