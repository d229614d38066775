import SwitchboardRouter
import Testing

private struct Adder: RequestHandler {
    typealias Input = Calculator.Add

    func handle(_ message: Calculator.Add, context: Context) throws -> Calculator.Sum {
        Calculator.Sum(digits: "\(Int(message.left) + Int(message.right))")
    }
}

private struct SlowAdder: RequestHandler {
    typealias Input = Calculator.Add

    func handle(_ message: Calculator.Add, context: Context) async throws -> Calculator.Sum {
        await Task.yield()
        return Calculator.Sum(digits: "\(Int(message.left) + Int(message.right))")
    }
}

private actor Notebook: OneWayHandler {
    typealias Input = Calculator.Note
    private(set) var notes: [String] = []

    func handle(_ message: Calculator.Note, context: Context) async {
        notes.append(message.text)
    }
}

@Suite("A handler")
struct HandlerTests {
    /// The frame of the sum 5.
    let five = Bytes([2, 2, 1, UInt8(ascii: "5")])

    @Test("that is not async is called at once, and its reply is written")
    func synchronous() async throws {
        var router = Router(Calculator.self)
        router.register(Adder())
        let table = try router.makeTable()
        let connection = RecordingConnection()
        let interruption = BatchInterruption()
        var (batch, input) = try oneMessage(1, payload: [2, 3], interruption)
        let route = try #require(table[1])
        let output = OutputBuffer()
        defer { output.deallocate() }
        let isHandled = try route.handle(&batch, in: &input, from: connection, output: output)
        #expect(isHandled)
        #expect(!route.isAsync)
        #expect(output.writer.takeBytes() == five)
    }

    @Test("that turns out to be async is awaited from then on")
    func asynchronous() async throws {
        var router = Router(Calculator.self)
        router.register(SlowAdder())
        let table = try router.makeTable()
        let connection = RecordingConnection()
        let interruption = BatchInterruption()
        var (batch, input) = try oneMessage(1, payload: [2, 3], interruption)
        let route = try #require(table[1])
        let output = OutputBuffer()
        defer { output.deallocate() }
        let isHandled = try route.handle(&batch, in: &input, from: connection, output: output)
        #expect(!isHandled)
        #expect(route.isAsync)
        #expect(input.remaining == 4, "the message is still ahead")
        let burst = ReadBurst(input, batch, output, PayloadCopies())
        let frame = try await route.respond(in: burst, context: Context(connection: connection), receiver: connection)
        #expect(frame == five)
    }

    @Test("may be an actor")
    func actor() async throws {
        let notebook = Notebook()
        var router = Router(Calculator.self)
        router.register(notebook)
        #expect(try await router.answer(Calculator.Note(text: "milk")).isEmpty)
        #expect(await notebook.notes == ["milk"])
    }

    @Test("may be a closure, waiting or not, with a reply or without")
    func closures() async throws {
        var direct = Router(Calculator.self)
        direct.on(Calculator.Add.self) { message, _ in Calculator.Sum(digits: "\(message.left + message.right)") }
        direct.on(Calculator.Note.self) { _, context in context.connection.close() }
        let connection = RecordingConnection()
        #expect(try await direct.answer(Calculator.Add(2, 3)) == [five])
        #expect(try await direct.answer(Calculator.Note(text: ""), on: connection).isEmpty)
        #expect(connection.isClosed)
        #expect(try direct.makeTable()[1]?.isAsync == false)

        var waiting = Router(Calculator.self)
        waiting.on(Calculator.Add.self) { message, _ in
            await Task.yield()
            return Calculator.Sum(digits: "\(message.left + message.right)")
        }
        waiting.on(Calculator.Note.self) { note, context in
            await Task.yield()
            try context.broadcast(note)
        }
        let other = RecordingConnection()
        #expect(try await waiting.answer(Calculator.Add(2, 3)) == [five])
        #expect(try await waiting.answer(Calculator.Note(text: "x"), on: other).isEmpty)
        #expect(other.broadcasts == [[3, 1, UInt8(ascii: "x")]])
    }

    @Test("reaches other connections through its context")
    func otherConnections() async throws {
        let connection = RecordingConnection()
        let context = Context(connection: connection)
        let note = Calculator.Note(text: "x")
        try context.join("lobby")
        try context.join("hall")
        context.leave("hall")
        #expect(context.rooms == ["lobby"])
        let error = #expect(throws: RoomError.self) { try context.join("") }
        #expect(error?.description == "the name of a room must have 1 to 255 bytes, and this one has 0")
        try context.send(note, to: .user("ada"))
        try context.broadcast(note, to: .room("lobby"))
        try context.broadcast(note)
        context.disconnect(.session(context.sessionID))
        #expect(connection.destinations == [.user("ada"), .room("lobby"), .all, .session(context.sessionID)])
        var sessions: [SessionID] = []
        for try await peer in context.peers { sessions.append(peer.session) }
        for try await peer in context.peers(of: .room("lobby")) { sessions.append(peer.session) }
        #expect(sessions == [context.sessionID, context.sessionID])
        context.disconnect(.connection(1))
        #expect(connection.isClosed)
    }

    @Test("knows sessions by a text, of which there is one for each")
    func sessionIDs() {
        let session = SessionID(server: 0xC0FFEE, connection: 42)
        #expect(session.description == "0000000000c0ffee-42")
        #expect(SessionID("0000000000c0ffee-42") == session)
        let last = SessionID(server: .max, connection: .max)
        #expect(SessionID(last.description) == last)
        for text in [
            "", "-", "c0ffee-42", "0000000000C0FFEE-42", "0000000000c0ffee-042", "0000000000c0ffee-+42",
            "0000000000c0ffee",
            "0000000000c0ffee-42-1", "0000000000c0ffee-18446744073709551616", "ffffffffffffffffff-1",
        ] {
            #expect(SessionID(text) == nil)
        }
    }

    @Test("is tested as a plain value")
    func plainValue() async throws {
        let context = Context(connection: RecordingConnection())
        #expect(try Adder().handle(Calculator.Add(200, 100), context: context).digits == "300")
        #expect(try await SlowAdder().handle(Calculator.Add(1, 1), context: context).digits == "2")
    }

    @Test("sees the session that earlier messages left")
    func session() async throws {
        enum Count: SessionKey { typealias Value = Int }
        var router = Router(Calculator.self)
        router.on(Calculator.Add.self) { _, context in
            let count = context.session.update(Count.self, default: 0) { count in
                count += 1
                return count
            }
            return Calculator.Sum(digits: "\(count)")
        }
        let connection = RecordingConnection()
        for _ in 0..<3 { _ = try await router.answer(Calculator.Add(0, 0), on: connection) }
        #expect(connection.session[Count.self] == 3)
        connection.session[Count.self] = nil
        #expect(connection.session[Count.self] == nil)
        connection.session.identity = Session.Identity(user: "alice")
        #expect(connection.session.identity?.user == "alice")
    }
}
