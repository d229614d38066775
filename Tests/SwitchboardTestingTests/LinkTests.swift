import NET001
import SwitchboardTesting
import TestSupport
import Testing

@Suite("A link", .timeLimit(.minutes(Patience.minutes)))
struct LinkTests {
    private let ping = NET001.Ping(timestamp: 7)

    @Test("that delivers in pieces changes nothing")
    func pieces() async throws {
        let server = try makeServer()
        for pieceSize in 1...20 {
            let peer = try server.connect(link: Link(pieceSize: pieceSize))
            let data = Bytes((0..<200).map { UInt8($0) })
            #expect(try await peer.request(NET001.Echo(data: data)).data == data)
            #expect(try await peer.request(ping).timestamp == 7)
            peer.close()
        }
    }

    @Test("is closed or reset at once, also while processes are started that have copies of its descriptors")
    func closesAtOnce() async throws {
        let server = try makeServer()
        try await withThrowingTaskGroup { group in
            for _ in 0..<2 { group.addTask { for _ in 0..<100 { _ = try await runProgram("true", []) } } }
            group.addTask {
                for number in 0..<2000 {
                    let peer = try server.connect()
                    if number.isMultiple(of: 2) { peer.close() } else { peer.reset() }
                    try #require(server.openConnections == 0)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("that delivers in pieces does not hide a wrong byte of the header until all of it is there")
    func wrongByteInPieces() async throws {
        let server = try makeServer()
        let headers: [([UInt8], NET001.ErrorCode)] = [
            ([0xDE, 0xBD], .invalidMagic), ([0xDE, 0xAD, 0xBE, 0xEF, 2], .unsupportedVersion),
        ]
        for (bytes, code) in headers {
            let peer = try server.connect(link: Link(pieceSize: 1))
            peer.send(bytes: bytes)
            #expect(try await peer.receive(NET001.Error.self).code == code)
        }
    }

    @Test("that is slow delivers when the time has come, and no earlier")
    func delay() async throws {
        let server = try makeServer()
        let peer = try server.connect(link: Link(pieceSize: 10, delay: .milliseconds(300)))
        try peer.send(ping)
        try peer.send(ping)
        server.advance(by: .milliseconds(599))
        let other = try server.connect()
        _ = try await other.request(ping)
        #expect(try peer.takeMessages().isEmpty)
        server.advance(by: .milliseconds(1))
        #expect(try await peer.receive(NET001.Pong.self).timestamp == 7)
        #expect(try peer.takeMessages().isEmpty)
        server.advance(by: .milliseconds(600))
        #expect(try await peer.receive(NET001.Pong.self).timestamp == 7)
    }

    @Test("that is slower than a frame may take makes the server give up")
    func tooSlow() async throws {
        let server = try makeServer { $0.frameTimeout = .seconds(10) }
        let peer = try server.connect(link: Link(pieceSize: 1, delay: .seconds(1)))
        try peer.send(ping)
        server.advance(by: .seconds(12))
        #expect(try await peer.receive(NET001.Error.self).code == .timeout)
        try await peer.receiveEnd()
    }

    @Test("that turns bits over is noticed by the checksum")
    func corruption() async throws {
        let server = try makeServer()
        var link = Link()
        link.corruptedPositions = [12]
        let peer = try server.connect(link: link)
        try peer.send(ping)
        #expect(try await peer.receive(NET001.Error.self).code == .checksumMismatch)
        #expect(try await peer.request(ping).timestamp == 7)
    }

    @Test("that breaks anywhere in a frame leaves no connection behind")
    func breaks() async throws {
        let server = try makeServer()
        let bystander = try server.connect()
        for position in 0...40 {
            var link = Link()
            link.breaksAfter = position
            let peer = try server.connect(link: link)
            try peer.send(ping)
            try peer.send(ping)
            #expect(peer.hasEnded)
            #expect(server.openConnections == 1)
        }
        #expect(try await bystander.request(ping).timestamp == 7)
    }

    @Test("that stalls holds bytes back until it goes on")
    func stall() async throws {
        let server = try makeServer()
        let peer = try server.connect()
        peer.link.isStalled = true
        try peer.send(ping)
        server.advance(by: .seconds(5))
        #expect(try peer.takeMessages().isEmpty)
        peer.link.isStalled = false
        #expect(try await peer.receive(NET001.Pong.self).timestamp == 7)
    }

    @Test("whose peer does not read makes the server keep so much for it, and no more")
    func slowReader() async throws {
        let server = try makeServer {
            $0.outputHighWaterMark = 64 * 1024
            $0.maximumPendingOutput = 256 * 1024
        }
        let (slow, sender) = (try server.connect(), try server.connect())
        slow.isReading = false
        for _ in 0..<100 { try sender.send(NET001.Broadcast(message: Bytes(repeatElement(7, count: 8000)))) }
        #expect(server.openConnections == 1)
        #expect(try await sender.request(ping).timestamp == 7)
        slow.isReading = true
        #expect(slow.hasEnded)
    }

    @Test("whose peer reads late has every reply, however little may wait above the high-water mark", arguments: 0..<40)
    func lateReader(_ count: Int) async throws {
        let server = try makeServer {
            $0.outputHighWaterMark = 64 * 1024
            $0.maximumPendingOutput = 64 * 1024
        }
        let peer = try server.connect()
        peer.isReading = false
        let encoder = FrameEncoder(NET001.frameFormat)
        let small = Array(try encoder.encode(NET001.Echo(data: Bytes([UInt8](repeating: 7, count: 3000)))))
        let large = Array(try encoder.encode(NET001.Echo(data: Bytes([UInt8](repeating: 7, count: 65_535)))))
        for _ in 0..<count { peer.send(bytes: small) }
        // In one read burst: as many replies as the server writes before it checks the pending
        // output, and the largest reply.
        peer.send(bytes: Array(repeatElement(small, count: 21).joined()) + large)
        #expect(server.openConnections == 1)
        peer.isReading = true
        for _ in 0..<(count + 22) { _ = try await peer.receive(NET001.EchoReply.self) }
    }

    @Test("whose peer takes nothing for too long is cut")
    func writeTimeout() async throws {
        let server = try makeServer { $0.writeTimeout = .seconds(30) }
        let (slow, sender) = (try server.connect(), try server.connect())
        slow.isReading = false
        for _ in 0..<40 { try sender.send(NET001.Broadcast(message: Bytes(repeatElement(7, count: 8000)))) }
        server.advance(by: .seconds(29))
        #expect(server.openConnections == 2)
        server.advance(by: .seconds(2))
        #expect(server.openConnections == 1)
    }
}

@Suite("A stream of frames")
struct StreamSplitTests {
    private let encoder = FrameEncoder(NET001.frameFormat)

    @Test("means the same however it is cut, with all that can be wrong with it")
    func splits() throws {
        var stream = Array(try encoder.encode(NET001.Ping(timestamp: 7)))
        var broken = stream
        broken[9] ^= 1
        stream += broken + Array(try encoder.encode(NET001.Echo(data: "hello")))
        let rest = stream.prefix(5)
        let found = try verifySplits(of: stream + rest, speaking: NET001.self)
        #expect(found.count == 4)
        guard case .message(let ping) = found[0] else {
            Issue.record("no message")
            return
        }
        #expect(try ping.decoded(as: NET001.Ping.self).timestamp == 7)
        #expect(found[1] == .skipped(.checksumMismatch))
        #expect(found[3] == .incomplete(5))
        #expect(try verifySplits(of: stream + [0xFF], speaking: NET001.self).last == .broken(.invalidMagic))
    }
}

@Suite("A recording connection")
struct RecordingConnectionTests {
    @Test("keeps what a handler does with it")
    func keeps() async throws {
        let connection = RecordingConnection(id: 5)
        let context = Context(connection: connection)
        try BroadcastRelay().handle(NET001.Broadcast(message: "news"), context: context)
        #expect(connection.broadcast as? [NET001.Broadcast] == [NET001.Broadcast(message: "news")])
        try context.send(NET001.Pong(timestamp: 1))
        connection.close()
        try context.send(NET001.Pong(timestamp: 2))
        #expect(connection.sent as? [NET001.Pong] == [NET001.Pong(timestamp: 1)])
        #expect(connection.isClosed)
    }

    @Test("keeps what a handler sends to other connections, and the rooms that it joins")
    func otherConnections() async throws {
        let connection = RecordingConnection(id: 5)
        let context = Context(connection: connection)
        connection.session.identity = .init(user: "ada")
        try context.join("lobby")
        try context.join("hall")
        context.leave("hall")
        #expect(connection.rooms == ["lobby"])
        try context.send(NET001.Data(data: "1"), to: .user("ben"))
        try context.broadcast(NET001.Data(data: "2"), to: .room("lobby"))
        try context.broadcast(NET001.Data(data: "3"))
        #expect(connection.addressed.map(\.destination) == [.user("ben")])
        #expect(connection.addressed.first?.message as? NET001.Data == NET001.Data(data: "1"))
        #expect(connection.broadcastTo.map(\.destination) == [.room("lobby"), .all])
        #expect(connection.broadcast as? [NET001.Data] == [NET001.Data(data: "3")])
        try context.disconnect(.user("ben"), because: NET001.Error(code: .internal, message: "over"))
        context.disconnect(.all)
        #expect(connection.disconnected == [.user("ben"), .all])
        for destination in [.all, .room("lobby"), .user("ada"), .connection(5)] as [Destination] {
            var users: [String?] = []
            for try await peer in context.peers(of: destination) { users.append(peer.user) }
            #expect(users == ["ada"])
        }
        for try await peer in context.peers(of: .room("hall")) { Issue.record("\(peer)") }
    }
}
