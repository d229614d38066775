import Switchboard
import SwitchboardTesting
import Synchronization
import Testing

/// Rooms, users and sessions, on a server whose clock the test sets.
@Suite("A message to other connections")
struct RoomTests {
    private func makeServer(_ configure: (inout ServerConfiguration) -> Void = { _ in }) throws -> TestServer {
        var configuration = ServerConfiguration()
        configuration.rateLimit = 0
        configuration.globalRateLimit = 0
        configure(&configuration)
        return try TestServer(.talking(), configuration: configuration, patience: .seconds(60))
    }

    @Test("to a room reaches its members in order, but not the sender and nobody else")
    func room() throws {
        let server = try makeServer()
        let peers = try (0..<4).map { _ in try server.connect() }
        for peer in peers[0...2] { try peer.note("join lobby") }
        try peers[2].note("leave lobby")
        for number in 0..<5 { try peers[0].note("room lobby \(number)") }
        #expect(try peers.map { try $0.takeNotes() } == [[], ["0", "1", "2", "3", "4"], [], []])
        try peers[0].note("to-room lobby both")
        #expect(try peers.map { try $0.takeNotes() } == [["both"], ["both"], [], []])
        // A sender need not be a member.
        try peers[3].note("room lobby outside")
        try peers[3].note("to-room lobby too")
        #expect(try peers.map { try $0.takeNotes() } == [["outside", "too"], ["outside", "too"], [], []])
        try peers[3].note("room cellar nobody")
        #expect(try peers.map { try $0.takeNotes() } == [[], [], [], []])
    }

    @Test("arrives in the order of sending, whatever it was sent to, at each receiver and at the sender itself")
    func order() throws {
        let server = try makeServer()
        let (sender, other) = (try server.connect(), try server.connect())
        for peer in [sender, other] { try peer.note("join lobby") }
        let encoder = FrameEncoder(Workshop.frameFormat)
        let texts = [
            "room lobby 1", "all 2", "connection 2 3", "to-room lobby 4", "self 5", "connection 1 6", "self 7", "all 8",
            "to-room lobby 9", "room nowhere x", "self 10", "to-room lobby 11",
        ]
        // In one read, so in one iteration of the event loop.
        let frames = try texts.flatMap { Array(try encoder.encode(Workshop.Note(text: $0))) }
        sender.send(bytes: frames)
        #expect(try other.takeNotes() == ["1", "2", "3", "4", "8", "9", "11"])
        #expect(try sender.takeNotes() == ["4", "5", "6", "7", "9", "10", "11"])
    }

    @Test("to a user reaches all connections of that user, and follows the identity of a session")
    func user() async throws {
        let server = try makeServer()
        let peers = try (0..<4).map { _ in try server.connect() }
        for peer in peers[0...1] { _ = try await peer.request(Workshop.Door(user: "ada")) }
        _ = try await peers[2].request(Workshop.Door(user: "ben"))
        try peers[2].note("user ada 1")
        #expect(try peers.map { try $0.takeNotes() } == [["1"], ["1"], [], []])
        try peers[0].note("user ada 2")
        #expect(try peers.map { try $0.takeNotes() } == [["2"], ["2"], [], []])
        _ = try await peers[1].request(Workshop.Door(user: "ben"))
        _ = try await peers[3].request(Workshop.Door(user: "ada"))
        _ = try await peers[0].request(Workshop.Door(user: ""))
        try peers[2].note("user ada 3")
        try peers[3].note("user ben 4")
        #expect(try peers.map { try $0.takeNotes() } == [[], ["4"], ["4"], ["3"]])
    }

    @Test("to a session or a connection reaches that one, if it is open, on the server that it names")
    func session() async throws {
        let sessions = Mutex<[SessionID]>([])
        var router = Router.talking()
        router.onConnect { context in sessions.withLock { $0.append(context.sessionID) } }
        let server = try TestServer(router)
        let peers = try (0..<3).map { _ in try server.connect() }
        let ids = sessions.withLock { $0 }
        #expect(ids.map(\.connection) == [1, 2, 3])
        #expect(Set(ids.map(\.server)).count == 1 && ids[0].server != 0)
        #expect(SessionID(ids[1].description) == ids[1])
        try peers[0].note("session \(ids[1]) 1")
        try peers[0].note("connection 3 2")
        try peers[0].note("session \(ids[0]) 3")
        let elsewhere = SessionID(server: ids[1].server &+ 1, connection: 2)
        try peers[0].note("session \(elsewhere) 4")
        try peers[0].note("connection 77 5")
        #expect(try peers.map { try $0.takeNotes() } == [["3"], ["1"], ["2"]])
        peers[1].close()
        try peers[0].note("session \(ids[1]) 6")
        try peers[2].note("connection 1 7")
        #expect(try peers[0].takeNotes() == ["7"])
    }

    @Test("reaches no peer that must authenticate and has not, in a room or not")
    func unauthenticated() async throws {
        var router = Router.talking()
        router.onConnect { try $0.join("lobby") }
        var configuration = ServerConfiguration()
        configuration.requiresAuthentication = true
        let strict = try TestServer(router, configuration: configuration)
        let (ada, stranger) = (try strict.connect(), try strict.connect())
        _ = try await ada.request(Workshop.Door(user: "ada"))
        try ada.note("room lobby secret")
        try strict.send(Workshop.Note(text: "also"), to: .room("lobby"))
        try strict.broadcast(Workshop.Note(text: "everywhere"))
        #expect(try stranger.takeNotes() == [])
        #expect(try ada.takeNotes() == ["also", "everywhere"])
        _ = try await stranger.request(Workshop.Door(user: "ben"))
        try ada.note("room lobby hello")
        #expect(try stranger.takeNotes() == ["hello"])
        _ = try await stranger.request(Workshop.Door(user: ""))
        try ada.note("room lobby again")
        #expect(try stranger.takeNotes() == [])
    }

    @Test("is not possible to a room whose name is too long, or beyond the rooms of a connection")
    func limits() throws {
        let server = try makeServer { configuration in
            configuration.maximumRoomsPerConnection = 2
            configuration.maximumRoomNameBytes = 5
        }
        let peer = try server.connect()
        func refusal(_ text: String) throws -> Workshop.Problem? {
            try peer.note(text)
            return try peer.takeMessages().first.map { try $0.decoded(as: Workshop.Problem.self) }
        }
        let long = try refusal("join lobby!")
        #expect(long?.code == .malformedPayload)
        #expect(long?.text == "the name of a room must have 1 to 5 bytes, and this one has 6")
        #expect(try refusal("join ")?.code == .malformedPayload)
        #expect(try refusal("join lobby") == nil)
        #expect(try refusal("join lobby") == nil)
        #expect(try refusal("join hall") == nil)
        let third = try refusal("join attic")
        #expect(third?.code == .rateLimited)
        #expect(third?.text == "a connection may be in 2 rooms at most: leave a room before you join another")
        try peer.note("leave hall")
        #expect(try refusal("join attic") == nil)
        for (change, text) in [
            ({ $0.maximumRoomsPerConnection = 0 }, "maximumRoomsPerConnection is 0: it must be between 1 and 10000"),
            ({ $0.maximumRoomNameBytes = 1025 }, "maximumRoomNameBytes is 1025: it must be between 1 and 1024"),
        ] as [((inout ServerConfiguration) -> Void, String)] {
            let error = #expect(throws: ConfigurationError.self) { try makeServer(change) }
            #expect(error?.description == text)
        }
    }

    @Test("leaves out a member that does not read once too much is pending for it, and reaches the others")
    func slowReader() async throws {
        let server = try makeServer { configuration in
            configuration.outputHighWaterMark = 1024
            configuration.maximumPendingOutput = 1024
        }
        let peers = try (0..<3).map { _ in try server.connect() }
        for peer in peers { try peer.note("join lobby") }
        peers[1].isReading = false
        let text = String(repeating: "x", count: 4000)
        for number in 0..<1000 {
            try peers[0].note("room lobby \(number)\(text)")
            #expect(try peers[2].takeNotes() == ["\(number)\(text)"])
        }
        #expect(server.openConnections == 2)
        var members: [ConnectionID] = []
        for try await peer in server.peers(of: .room("lobby")) { members.append(peer.session.connection) }
        #expect(members.sorted() == [1, 3])
    }

    @Test("that was sent before a drain arrives before the connections close")
    func drain() async throws {
        let server = try makeServer()
        let peers = try (0..<3).map { _ in try server.connect() }
        for peer in peers { try peer.note("join lobby") }
        try peers[0].note("room lobby last words")
        server.drain()
        for peer in peers[1...] {
            #expect(try await peer.receive(Workshop.Note.self).text == "last words")
            try await peer.receiveEnd()
        }
    }

    @Test("from outside handlers reaches its destination in order")
    func fromOutside() async throws {
        let server = try makeServer()
        let peers = try (0..<3).map { _ in try server.connect() }
        try peers[0].note("join lobby")
        _ = try await peers[1].request(Workshop.Door(user: "ada"))
        try server.send(Workshop.Note(text: "1"), to: .room("lobby"))
        try server.broadcast(Workshop.Note(text: "2"))
        try server.send(Workshop.Note(text: "3"), to: .user("ada"))
        try server.send(Workshop.Note(text: "4"), to: .connection(3))
        #expect(try peers.map { try $0.takeNotes() } == [["1", "2"], ["2", "3"], ["2", "4"]])
        try server.disconnect(.room("lobby"), because: Workshop.Problem(code: .outOfPaint, text: "closed"))
        #expect(try await peers[0].receive(Workshop.Problem.self).text == "closed")
        try await peers[0].receiveEnd()
        server.disconnect(.user("ada"))
        try await peers[1].receiveEnd()
        for peer in peers[..<2] { peer.close() }
        #expect(server.openConnections == 1)
    }
}

@Suite("The list of peers")
struct PeerListTests {
    @Test("has every connection, with its session, user, address and age, or those of a room or a user")
    func peers() async throws {
        var router = Router.talking()
        router.on(Workshop.Hold.self) { _, context in
            var count: UInt32 = 0
            for try await peer in context.peers where peer.server == context.sessionID.server { count += 1 }
            return Workshop.Sum(value: count)
        }
        let server = try TestServer(router)
        let ada = try server.connect(from: "192.0.2.1")
        _ = try await ada.request(Workshop.Door(user: "ada"))
        server.advance(by: .seconds(20))
        let other = try server.connect(from: "192.0.2.2")
        try other.note("join lobby")
        let all = try await server.peers.list().sorted { $0.session.connection < $1.session.connection }
        #expect(all.map(\.user) == ["ada", nil])
        #expect(all.map(\.address.host) == ["192.0.2.1", "192.0.2.2"])
        let difference = all[0].since.duration(to: all[1].since)
        #expect(difference > .seconds(19.8) && difference < .seconds(20.2))
        #expect(try await ada.request(Workshop.Hold(value: 0)).value == 2)
        #expect(try await server.peers(of: .room("lobby")).list().map(\.session.connection) == [2])
        #expect(try await server.peers(of: .user("ada")).list().map(\.session.connection) == [1])
        #expect(try await server.peers(of: .connection(2)).list().map(\.session.connection) == [2])
        #expect(try await server.peers(of: .session(all[0].session)).list().map(\.session.connection) == [1])
        #expect(try await server.peers(of: .room("cellar")).list().isEmpty)
        other.close()
        #expect(try await server.peers(of: .room("lobby")).list().isEmpty)
        #expect(try await server.peers.list().count == 1)
    }

    @Test("is empty for a server that does not run")
    func notRunning() async throws {
        let server = try Server(.talking(), configuration: .init(port: 0))
        #expect(try await server.peers.list().isEmpty)
        try server.broadcast(Workshop.Note(text: "nobody"))
        server.disconnect(.all)
    }
}

extension Peers {
    /// All peers of one iteration.
    fileprivate func list() async throws -> [Peer] {
        var peers: [Peer] = []
        for try await peer in self { peers.append(peer) }
        return peers
    }
}
