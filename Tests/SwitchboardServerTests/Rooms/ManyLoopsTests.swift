import Dispatch
import Switchboard
import Synchronization
import TestSupport
import Testing

private let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Rooms and users on real sockets, whose connections are on several event loops.
@Suite("On several event loops", .timeLimit(.minutes(Patience.minutes)))
struct ManyLoopsTests {
    /// Runs a server with `loops` event loops for as long as `body` runs.
    private func withLoops(
        _ router: Router = .talking(),
        loops: Int = 3,
        _ body: (Server, _ port: Int) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration(port: 0, eventLoops: loops)
        configuration.removeLimits()
        let server = try Server(router, configuration: configuration, logger: silent)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        do {
            try await body(server, server.listeningAddress.port)
        } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        try await running.value
    }

    private func client(_ port: Int, user: String = "", room: String? = nil) async throws -> Client {
        var configuration = ClientConfiguration()
        configuration.requestTimeout = .seconds(300)
        let client = try await Client.connect(
            host: "127.0.0.1",
            port: port,
            speaking: Workshop.self,
            configuration: configuration
        )
        if let room { try await client.send(Workshop.Note(text: "join \(room)")) }
        _ = try await client.request(Workshop.Door(user: user))
        return client
    }

    @Test("each receiver gets what a connection sends in order, whatever it is sent to")
    func order() async throws {
        try await withLoops { _, port in
            let sender = try await client(port, user: "eve")
            var receivers: [Client] = []
            for number in 0..<6 { receivers.append(try await client(port, user: "user\(number)", room: "lobby")) }
            for number in 0..<500 {
                let text =
                    switch number % 3 {
                    case 0: "room lobby \(number)"
                    case 1: "all \(number)"
                    default: "to-room lobby \(number)"
                    }
                try await sender.send(Workshop.Note(text: text))
                try await sender.send(Workshop.Note(text: "user user\(number % 6) \(number)!"))
            }
            for (position, receiver) in receivers.enumerated() {
                var incoming = receiver.incoming.makeAsyncIterator()
                for number in 0..<500 {
                    #expect((try await incoming.next() as? Workshop.Note)?.text == "\(number)")
                    guard number % 6 == position else { continue }
                    #expect((try await incoming.next() as? Workshop.Note)?.text == "\(number)!")
                }
            }
            for client in receivers + [sender] { await client.close() }
        }
    }

    @Test("a user with several connections is disconnected from all of them, with the error message, and nobody else")
    func disconnectUser() async throws {
        try await withLoops { server, port in
            var connections: [Client] = []
            for _ in 0..<5 { connections.append(try await client(port, user: "ada")) }
            let (ben, admin) = (try await client(port, user: "ben"), try await client(port, user: "admin"))
            try await admin.send(Workshop.Note(text: "user ada first"))
            try await admin.send(Workshop.Note(text: "kick ada"))
            for connection in connections {
                var incoming = connection.incoming.makeAsyncIterator()
                #expect((try await incoming.next() as? Workshop.Note)?.text == "first")
                #expect((try await incoming.next() as? Workshop.Problem)?.text == "kicked")
                await #expect(throws: ClientError.self) { try await incoming.next() }
            }
            #expect(try await ben.request(Workshop.Add(left: 1, right: 2)).value == 3)
            // The sender itself is closed after its reply.
            try await admin.send(Workshop.Note(text: "kick admin"))
            var incoming = admin.incoming.makeAsyncIterator()
            #expect((try await incoming.next() as? Workshop.Problem)?.text == "kicked")
            await #expect(throws: ClientError.self) { try await incoming.next() }
            try server.disconnect(.all, because: Workshop.Problem(code: .outOfPaint, text: "over"))
            var last = ben.incoming.makeAsyncIterator()
            #expect((try await last.next() as? Workshop.Problem)?.text == "over")
            await #expect(throws: ClientError.self) { try await last.next() }
            for client in connections + [ben, admin] { await client.close() }
        }
    }

    @Test("the server sends from any task, in the order of each task")
    func fromTasks() async throws {
        try await withLoops { server, port in
            let receivers = [
                try await client(port, room: "lobby"), try await client(port, room: "lobby"), try await client(port),
            ]
            await withThrowingTaskGroup { group in
                for task in 0..<4 {
                    group.addTask {
                        for number in 0..<200 {
                            try server.send(Workshop.Note(text: "\(task) \(number)"), to: .room("lobby"))
                        }
                    }
                }
            }
            try server.broadcast(Workshop.Note(text: "end"))
            for (position, receiver) in receivers.enumerated() {
                var next = [0, 0, 0, 0]
                for try await message in receiver.incoming {
                    guard let text = (message as? Workshop.Note)?.text, text != "end" else { break }
                    let numbers = text.split(separator: " ").compactMap { Int($0) }
                    #expect(next[numbers[0]] == numbers[1])
                    next[numbers[0]] += 1
                }
                #expect(next == (position < 2 ? [200, 200, 200, 200] : [0, 0, 0, 0]))
                await receiver.close()
            }
        }
    }

    @Test("connections that close while other threads let them join are in no room afterwards")
    func joiningWhileClosing() async throws {
        let (closed, continuation) = AsyncStream.makeStream(of: Void.self)
        var router = Router.talking()
        router.on(Workshop.Hold.self) { message, context in
            let connection = context.connection
            // Goes on after the connection has closed.
            Task.detached {
                for number in 0..<2000 {
                    try connection.join("room \(number % 20)")
                    if number % 3 == 0 { connection.leave("room \((number + 7) % 20)") }
                    await Task.yield()
                }
                #expect(connection.rooms.isEmpty)
                continuation.yield()
            }
            return Workshop.Sum(value: message.value)
        }
        try await withLoops(router) { server, port in
            for _ in 0..<10 {
                let client = try await client(port)
                _ = try await client.request(Workshop.Hold(value: 1))
                await client.close()
            }
            var ends = closed.makeAsyncIterator()
            for _ in 0..<10 { await ends.next() }
            for number in 0..<20 {
                for try await peer in server.peers(of: .room("room \(number)")) { Issue.record("\(peer) is left") }
            }
        }
    }

    @Test("an identity that another thread sets is known when that thread sends to the user")
    func identityFromAnotherThread() async throws {
        var router = Router.talking()
        router.on(Workshop.Hold.self) { message, context in
            await Task.detached {}.value
            context.session.identity = Session.Identity(user: "late \(message.value)")
            try context.send(Workshop.Note(text: "found"), to: .user("late \(message.value)"))
            return Workshop.Sum(value: message.value)
        }
        try await withLoops(router) { server, port in
            // From here on, users are tracked.
            try server.send(Workshop.Note(text: "nobody"), to: .user("nobody"))
            for number in 0..<20 as Range<UInt32> {
                let client = try await client(port)
                _ = try await client.request(Workshop.Hold(value: number))
                var incoming = client.incoming.makeAsyncIterator()
                #expect((try await incoming.next() as? Workshop.Note)?.text == "found")
                await client.close()
            }
        }
    }

    @Test(
        "an event loop that a handler blocks for long misses messages to a room: their receivers are aborted, no others"
    )
    func missedMessages() async throws {
        let release = DispatchSemaphore(value: 0)
        var router = Router.talking()
        router.on(Workshop.Blob.self) { message, _ in
            release.wait()
            return Workshop.BlobReply(data: message.data)
        }
        let encoder = FrameEncoder(Workshop.frameFormat)
        let (add, sum) = (
            try encoder.encode(Workshop.Add(left: 1, right: 1)), try encoder.encode(Workshop.Sum(value: 2))
        )
        let (door, join) = (
            try encoder.encode(Workshop.Door(user: "")), try encoder.encode(Workshop.Note(text: "join lobby"))
        )
        try await withLoops(router, loops: 2) { server, port in
            // The server gives each event loop as many connections as the other; which loop gets which, only their numbers say.
            var loops: [[(peer: RawPeer, number: ConnectionID)]] = [[], []]
            for _ in 1...6 {
                let peer = try await RawPeer(port: port)
                try await peer.send(door)
                // The value of Sum, in its first byte.
                let number = ConnectionID(try await peer.receive(count: sum.count)[6])
                loops[Int(number % 2)].append((peer, number))
            }
            try #require(loops.map(\.count) == [3, 3])
            let (served, blocked) = (loops[0], loops[1].map(\.peer))
            let (sender, listener) = (served[0].peer, served[1].peer)
            let (outside, member, blocking) = (blocked[0], blocked[1], blocked[2])
            for peer in [member, listener] {
                try await peer.send(join + add)
                #expect(try await peer.receive(count: sum.count) == sum)
            }
            try await blocking.send(try encoder.encode(Workshop.Blob(data: Bytes())))
            let text = String(repeating: "x", count: 4000)
            let note = Array(try encoder.encode(Workshop.Note(text: "room lobby \(text)")))
            let heard = Array(try encoder.encode(Workshop.Note(text: text)))
            let (notes, allHeard) = (
                Bytes(Array(repeatElement(note, count: 25).joined())),
                Bytes(Array(repeatElement(heard, count: 25).joined()))
            )
            for _ in 0..<(80_000_000 / notes.count) {
                try await sender.send(notes)
                #expect(try await listener.receive(count: allHeard.count) == allHeard)
            }
            // The list of peers has those of the other event loop, and then says that it is incomplete.
            var listed: [ConnectionID] = []
            do {
                for try await peer in server.peers { listed.append(peer.session.connection) }
                Issue.record("the list says that it is complete")
            } catch let error as PeersError {
                #expect(error.missingEventLoops == 1)
            }
            #expect(listed.sorted() == served.map(\.number))
            release.signal()
            while true {
                do { _ = try await member.receive(count: heard.count) } catch { break }
            }
            for peer in [outside, sender, listener] {
                try await peer.send(add)
                #expect(try await peer.receive(count: sum.count) == sum)
            }
            for (peer, _) in loops.joined() { peer.close() }
        }
    }

    @Test("a peer may be in a room of many, all of which get a message once")
    func roomOfMany() async throws {
        try await withLoops { server, port in
            var clients: [Client] = []
            for _ in 0..<200 { clients.append(try await client(port, room: "lobby")) }
            try await clients[0].send(Workshop.Note(text: "room lobby hello"))
            try await clients[0].send(Workshop.Note(text: "room lobby there"))
            for client in clients[1...] {
                var incoming = client.incoming.makeAsyncIterator()
                #expect((try await incoming.next() as? Workshop.Note)?.text == "hello")
                #expect((try await incoming.next() as? Workshop.Note)?.text == "there")
            }
            var count = 0
            for try await _ in server.peers(of: .room("lobby")) { count += 1 }
            #expect(count == 200)
            for client in clients { await client.close() }
        }
    }
}

@Suite("A new connection", .timeLimit(.minutes(Patience.minutes)))
struct OnConnectTests {
    @Test("is presented to the program before its first message, and once more when it has closed")
    func order() async throws {
        let (events, continuation) = AsyncStream.makeStream(of: String.self)
        var router = Router.talking()
        router.onConnect { context in
            continuation.yield("connected \(context.connection.id)")
            try context.send(Workshop.Note(text: "welcome"))
            try context.join("lobby")
        }
        router.onConnect { continuation.yield("rooms \($0.rooms.sorted())") }
        router.on(Workshop.Hold.self) { message, context in
            continuation.yield("message \(context.connection.id)")
            return Workshop.Sum(value: message.value)
        }
        router.onDisconnect { continuation.yield("disconnected \($0.id) \($0.rooms.sorted())") }
        try await withServer(router) { port in
            var last = 0
            for _ in 1...20 {
                let peer = try await RawPeer(port: port)
                let frame = try FrameEncoder(Workshop.frameFormat).encode(Workshop.Hold(value: 7))
                try await peer.send(frame)
                let welcome = try FrameEncoder(Workshop.frameFormat).encode(Workshop.Note(text: "welcome"))
                #expect(try await peer.receive(count: welcome.count) == welcome)
                #expect(try await peer.receive(count: 10) == [4, 0, 0, 0, 0x02, 0x01, 7, 0, 0, 0])
                peer.close()
                var seen: [String] = []
                for await event in events {
                    seen.append(event)
                    if event.hasPrefix("disconnected") { break }
                }
                let number = try #require(Int(seen[0].dropFirst("connected ".count)))
                #expect(number > last)
                last = number
                #expect(
                    seen == [
                        "connected \(number)", "rooms [\"lobby\"]", "message \(number)",
                        "disconnected \(number) [\"lobby\"]",
                    ]
                )
            }
        }
    }

    @Test("is closed with the error that the program throws for it, before any of its messages is handled")
    func refusal() async throws {
        let disconnections = Atomic(0)
        let messages = Atomic(0)
        struct Secret: Error {}
        for isOpen in [true, false] {
            var router = Router.talking()
            router.onConnect { _ in
                if isOpen { throw Workshop.Problem(code: .outOfPaint, text: "not you") }
                throw Secret()
            }
            router.onConnect { _ in Issue.record("called after a closure that has thrown") }
            router.on(Workshop.Blob.self) { message, _ in
                messages.wrappingAdd(1, ordering: .relaxed)
                return Workshop.BlobReply(data: message.data)
            }
            router.onDisconnect { _ in disconnections.wrappingAdd(1, ordering: .relaxed) }
            try await withServer(router) { port in
                try await withClient(port) { client in
                    try? await client.send(Workshop.Note(text: "join lobby"))
                    var incoming = client.incoming.makeAsyncIterator()
                    let problem = try await incoming.next() as? Workshop.Problem
                    #expect(problem?.code == (isOpen ? .outOfPaint : .internal))
                    #expect(problem?.text == (isOpen ? "not you" : "the server could not accept this connection"))
                    await #expect(throws: ClientError.self) { try await incoming.next() }
                }
            }
        }
        #expect(disconnections.load(ordering: .relaxed) == 2)
        #expect(messages.load(ordering: .relaxed) == 0)
    }
}
