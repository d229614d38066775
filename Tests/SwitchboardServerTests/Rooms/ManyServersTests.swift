import Dispatch
import Switchboard
import SwitchboardBackplane
import SwitchboardTesting
import TestSupport
import Testing

/// Rooms, users and sessions whose connections are on several servers.
@Suite("On several servers", .timeLimit(.minutes(Patience.minutes)))
struct ManyServersTests {
    private let memory = InMemoryLog()

    /// Runs two servers for as long as `body` runs.
    private func withServers(_ body: (_ first: ClusterServer, _ second: ClusterServer) async throws -> Void)
        async throws
    {
        let first = try await ClusterServer(.talking(), joining: memory)
        let second = try await ClusterServer(.talking(), joining: memory)
        try await body(first, second)
        try await first.stop()
        try await second.stop()
    }

    private func client(_ server: ClusterServer, user: String = "", room: String? = nil) async throws -> Client {
        var configuration = ClientConfiguration()
        configuration.requestTimeout = .seconds(Patience.seconds)
        let client = try await Client.connect(
            host: "127.0.0.1",
            port: server.port,
            speaking: Workshop.self,
            configuration: configuration
        )
        if let room { try await client.send(Workshop.Note(text: "join \(room)")) }
        _ = try await client.request(Workshop.Door(user: user))
        return client
    }

    /// The texts of the next notes of a client.
    private func notes(_ client: Client, _ count: Int) async throws -> [String] {
        var texts: [String] = []
        var incoming = client.incoming.makeAsyncIterator()
        for _ in 0..<count { texts.append((try await incoming.next() as? Workshop.Note)?.text ?? "another message") }
        return texts
    }

    @Test("each receiver gets in order what a connection sends to rooms, users and all")
    func destinations() async throws {
        try await withServers { first, second in
            let sender = try await client(first, user: "eve", room: "lobby")
            let member = try await client(second, user: "bob", room: "lobby")
            let other = try await client(second, user: "alice")
            for number in 0..<100 {
                try await sender.send(Workshop.Note(text: "room lobby \(number)"))
                try await sender.send(Workshop.Note(text: "user alice \(number)!"))
                try await sender.send(Workshop.Note(text: "all \(number)?"))
            }
            #expect(try await notes(member, 200) == (0..<100).flatMap { ["\($0)", "\($0)?"] })
            #expect(try await notes(other, 200) == (0..<100).flatMap { ["\($0)!", "\($0)?"] })
        }
    }

    @Test("a session is reached wherever it is, and no other session with the same number")
    func sessions() async throws {
        try await withServers { first, second in
            let sender = try await client(first)
            let receiver = try await client(second)
            var iterator = second.server.peers.makeAsyncIterator()
            let session = try #require(try await iterator.next()).session
            #expect(session.server == second.server.id && session.server != first.server.id)
            try await sender.send(Workshop.Note(text: "session \(session) to you"))
            try first.server.send(Workshop.Note(text: "from the server"), to: .session(session))
            try first.server.broadcast(Workshop.Note(text: "to all"))
            #expect(try await notes(receiver, 3) == ["to you", "from the server", "to all"])
            #expect(try await notes(sender, 1) == ["to all"])
        }
    }

    @Test("a peer that onConnect refuses gets no message of another server, only the reason")
    func refusals() async throws {
        let (calls, continuation) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        var router = Router.talking()
        router.onConnect { _ in
            continuation.yield()
            release.wait()
            throw Workshop.Problem(code: .outOfPaint, text: "refused")
        }
        let first = try await ClusterServer(.talking(), joining: memory)
        let second = try await ClusterServer(router, joining: memory)
        let sender = try await client(first)
        let listener = try await client(first)
        let peer = try await RawPeer(port: second.port)
        for await _ in calls { break }
        // The event loop of the peer is in the closure: it finds these notes when the closure has refused the peer.
        for number in 0..<10 { try await sender.send(Workshop.Note(text: "all \(number)")) }
        #expect(try await notes(listener, 10) == (0..<10).map { "\($0)" })
        while second.backplane.status.counters.received == 0 { await Task.yield() }
        release.signal()
        let problem = try FrameEncoder(Workshop.frameFormat).encode(
            Workshop.Problem(code: .outOfPaint, text: "refused")
        )
        #expect(try await peer.receive(count: problem.count) == problem)
        #expect(try await peer.receivesEnd())
        try await first.stop()
        try await second.stop()
    }

    @Test("a user is disconnected everywhere, behind the last message, and others are not")
    func disconnections() async throws {
        try await withServers { first, second in
            let sender = try await client(first)
            let here = try await client(first, user: "mallory")
            let there = try await client(second, user: "mallory")
            let other = try await client(second, user: "alice")
            try await sender.send(Workshop.Note(text: "user mallory last"))
            try await sender.send(Workshop.Note(text: "kick mallory"))
            for client in [here, there] {
                var incoming = client.incoming.makeAsyncIterator()
                #expect((try await incoming.next() as? Workshop.Note)?.text == "last")
                #expect((try await incoming.next() as? Workshop.Problem)?.text == "kicked")
                await #expect(throws: ClientError.self) { try await incoming.next() }
            }
            try await sender.send(Workshop.Note(text: "user alice still here"))
            #expect(try await notes(other, 1) == ["still here"])
        }
    }
}
