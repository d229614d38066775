import Switchboard
import SwitchboardTesting
import TestSupport
import Testing

@Suite("A request of the server to a peer", .timeLimit(.minutes(Patience.minutes)))
struct RequestsToPeerTests {
    /// A router whose handler of Begin sends Ask with the same number, and replies with the number of the answer.
    private func router(timeout: Duration = .seconds(Patience.seconds)) -> Router {
        var router = Router(DialogueProtocol.self)
        router.on(DialogueProtocol.Begin.self) { message, context in
            let ask = DialogueProtocol.Ask(number: message.number)
            let answer = try await context.request(ask, header: DialogueProtocol.Header(flags: 7), timeout: timeout)
            return DialogueProtocol.Result(number: answer.number)
        }
        return router
    }

    private func makeServer(
        _ router: Router,
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws -> TestServer {
        var configuration = ServerConfiguration()
        configuration.removeLimits()
        configure(&configuration)
        return try TestServer(router, configuration: configuration, patience: .seconds(Patience.seconds))
    }

    /// Sends Begin with this number, also in the header.
    private func begin(_ number: UInt16, _ peer: TestPeer) throws {
        var header = HeaderBytes()
        DialogueProtocol.frameFormat.correlation?.set(UInt64(number), in: &header)
        let message = DialogueProtocol.Begin(number: UInt32(number))
        peer.send(bytes: Array(try FrameEncoder(DialogueProtocol.frameFormat).encode(message, header: header)))
    }

    private func number(of message: ReceivedMessage) -> UInt64? {
        DialogueProtocol.frameFormat.correlation?.number(in: message.header)
    }

    @Test(
        "is answered by the handler of a client, over a socket, while the client sends requests with the same numbers"
    )
    func client() async throws {
        try await withServer(router()) { port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: DialogueProtocol.self)
            try client.on(DialogueProtocol.Ask.self) { ask in
                if ask.number == 13 { throw DialogueProtocol.Failure(number: 1300) }
                if ask.number == 14 { throw CancellationError() }
                return DialogueProtocol.Answer(number: ask.number * 2)
            }
            try await withThrowingTaskGroup { group in
                for number in 100..<120 as Range<UInt32> {
                    group.addTask {
                        let result = try await client.request(DialogueProtocol.Begin(number: number))
                        #expect(result.number == number * 2)
                    }
                }
                try await group.waitForAll()
            }
            // The handler of Begin passes on what its request throws.
            await #expect(throws: DialogueProtocol.Failure(number: 1300)) {
                try await client.request(DialogueProtocol.Begin(number: 13))
            }
            await #expect(throws: DialogueProtocol.Failure(.internal, detail: "")) {
                try await client.request(DialogueProtocol.Begin(number: 14))
            }
            let result = try await client.request(DialogueProtocol.Begin(number: 5))
            #expect(result.number == 10)
            await client.close()
        }
    }

    @Test(
        "gets its own reply, in whatever order the replies come, with numbers from 1 and the extra fields of the header"
    )
    func numbers() async throws {
        let peer = try makeServer(router()).connect()
        for id in 1...3 as ClosedRange<UInt16> { try begin(id, peer) }
        var asks: [ReceivedMessage] = []
        for _ in 1...3 { asks.append(try await peer.receive()) }
        #expect(asks.map(number) == [1, 2, 3])
        #expect(asks.allSatisfy { DialogueProtocol.Header($0.header).flags == 7 })
        for ask in asks.reversed() {
            let question = try ask.decoded(as: DialogueProtocol.Ask.self)
            try peer.reply(to: ask, with: DialogueProtocol.Answer(number: question.number + 40))
            let result = try await peer.receive()
            #expect(number(of: result) == UInt64(question.number))
            #expect(try result.decoded(as: DialogueProtocol.Result.self).number == question.number + 40)
        }
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("fails after its time, and its late reply is dropped and not taken for another")
    func timeout() async throws {
        let server = try makeServer(router(timeout: .seconds(2)))
        let peer = try server.connect()
        try begin(1, peer)
        let late = try await peer.receive()
        server.advance(by: .milliseconds(1999))
        #expect(try peer.takeMessages().isEmpty)
        server.advance(by: .milliseconds(1))
        #expect(try await peer.receive(DialogueProtocol.Failure.self).fault == .internal)
        try begin(2, peer)
        let next = try await peer.receive()
        #expect(number(of: next) == 2)
        try peer.reply(to: late, with: DialogueProtocol.Answer(number: 1))
        #expect(try peer.takeMessages().isEmpty)
        try peer.reply(to: next, with: DialogueProtocol.Answer(number: 22))
        #expect(try await peer.receive(DialogueProtocol.Result.self).number == 22)
        // A second reply with the same number answers nothing either.
        try peer.reply(to: next, with: DialogueProtocol.Answer(number: 23))
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("fails when the peer leaves, and when its task is cancelled")
    func end() async throws {
        let (errors, continuation) = AsyncStream.makeStream(of: String.self)
        var router = Router(DialogueProtocol.self)
        router.on(DialogueProtocol.Begin.self) { message, context in
            let connection = context.connection
            let request = Task {
                do {
                    let ask = DialogueProtocol.Ask(number: message.number)
                    _ = try await connection.request(ask, timeout: .seconds(Patience.seconds))
                } catch {
                    continuation.yield("\(error)")
                }
            }
            if message.number == 1 { request.cancel() }
            await request.value
            return DialogueProtocol.Result(number: message.number)
        }
        let server = try makeServer(router)
        let peer = try server.connect()
        var thrown = errors.makeAsyncIterator()
        try begin(1, peer)
        while true {
            let message = try await peer.receive()
            if message.code == DialogueProtocol.Result.code { break }
        }
        #expect(await thrown.next() == "CancellationError()")
        try begin(2, peer)
        _ = try await peer.receive()
        peer.reset()
        #expect(server.openConnections <= 1)
        #expect(await thrown.next() == "the connection closed before the reply came")
        while server.openConnections > 0 { await Task.yield() }
    }

    @Test("is one of a bounded number, of which those that timed out are none")
    func limit() async throws {
        let server = try makeServer(router(timeout: .seconds(1))) { $0.maximumRequestsToPeer = 2 }
        let peer = try server.connect()
        for id in 1...3 as ClosedRange<UInt16> { try begin(id, peer) }
        _ = try await peer.receive(DialogueProtocol.Ask.self)
        _ = try await peer.receive(DialogueProtocol.Ask.self)
        let refused = try await peer.receive()
        #expect(number(of: refused) == 3)
        #expect(refused.code == DialogueProtocol.Failure.code)
        server.advance(by: .seconds(1))
        for _ in 1...2 { _ = try await peer.receive(DialogueProtocol.Failure.self) }
        for id in 4...5 as ClosedRange<UInt16> { try begin(id, peer) }
        for expected in [3, 4] as [UInt64] { #expect(number(of: try await peer.receive()) == expected) }
    }

    @Test("gets its own reply when several tasks of a handler send requests at the same time")
    func tasks() async throws {
        var router = Router(DialogueProtocol.self)
        router.on(DialogueProtocol.Begin.self) { message, context in
            try await withThrowingTaskGroup(of: UInt32.self) { group in
                for number in 0..<8 as Range<UInt32> {
                    group.addTask {
                        let ask = DialogueProtocol.Ask(number: 100 * message.number + number)
                        let answer = try await context.request(ask, timeout: .seconds(Patience.seconds))
                        return answer.number == ask.number * 2 ? 1 : 0
                    }
                }
                return DialogueProtocol.Result(number: try await group.reduce(0, +))
            }
        }
        try await withServer(router) { port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: DialogueProtocol.self)
            try client.on(DialogueProtocol.Ask.self) { DialogueProtocol.Answer(number: $0.number * 2) }
            for _ in 0..<25 {
                try await withThrowingTaskGroup { group in
                    for number in 1...4 as ClosedRange<UInt32> {
                        group.addTask {
                            let result = try await client.request(DialogueProtocol.Begin(number: number))
                            #expect(result.number == 8)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            await client.close()
        }
    }

    @Test("gets its reply while the server drains, which refuses the peer's requests and closes after the handlers")
    func drain() async throws {
        var router = Router(DialogueProtocol.self)
        router.on(DialogueProtocol.Begin.self) { message, context in
            let patience = Duration.seconds(Patience.seconds)
            let first = try await context.request(DialogueProtocol.Ask(number: message.number), timeout: patience)
            // A handler that has begun may send a request during the drain, too.
            let second = try await context.request(DialogueProtocol.Ask(number: first.number), timeout: patience)
            return DialogueProtocol.Result(number: second.number)
        }
        let server = try makeServer(router)
        let peer = try server.connect()
        for id in [1, 2] as [UInt16] { try begin(id, peer) }
        let asks = [try await peer.receive(), try await peer.receive()]
        server.drain()
        try begin(3, peer)
        let refusal = try await peer.receive()
        #expect(number(of: refusal) == 3)
        #expect(try refusal.decoded(as: DialogueProtocol.Failure.self).fault == .shuttingDown)
        for (id, ask) in [2, 1].map({ (UInt32($0), asks[$0 - 1]) }) {
            try peer.reply(to: ask, with: DialogueProtocol.Answer(number: id + 10))
            let next = try await peer.receive()
            #expect(try next.decoded(as: DialogueProtocol.Ask.self).number == id + 10)
            try peer.reply(to: next, with: DialogueProtocol.Answer(number: id + 20))
            let result = try await peer.receive()
            #expect(number(of: result) == UInt64(id))
            #expect(try result.decoded(as: DialogueProtocol.Result.self).number == id + 20)
        }
        let farewell = try await peer.receive()
        #expect(number(of: farewell) == 0)
        #expect(try farewell.decoded(as: DialogueProtocol.Failure.self).fault == .shuttingDown)
        try await peer.receiveEnd()
    }

    @Test("fails after its time while the server drains, when the peer does not reply")
    func drainWithoutReply() async throws {
        let server = try makeServer(router(timeout: .seconds(2)))
        let peer = try server.connect()
        try begin(1, peer)
        _ = try await peer.receive(DialogueProtocol.Ask.self)
        server.drain()
        #expect(try peer.takeMessages().isEmpty)
        server.advance(by: .seconds(2))
        let failure = try await peer.receive()
        #expect(number(of: failure) == 1)
        #expect(try failure.decoded(as: DialogueProtocol.Failure.self).fault == .internal)
        #expect(try await peer.receive(DialogueProtocol.Failure.self).fault == .shuttingDown)
        try await peer.receiveEnd()
    }

    @Test("fails at once when the peer has ended its output")
    func endOfOutput() async throws {
        let server = try makeServer(router())
        let peer = try server.connect()
        try begin(1, peer)
        _ = try await peer.receive(DialogueProtocol.Ask.self)
        peer.endOutput()
        let failure = try await peer.receive()
        #expect(failure.code == DialogueProtocol.Failure.code)
    }

    @Test("is not a message of its type without a number: a client calls its handler, and sends nothing")
    func messageWithoutNumber() async throws {
        let (asked, ask) = AsyncStream.makeStream(of: UInt32.self)
        let (unhandled, note) = AsyncStream.makeStream(of: MessageCode.self)
        var router = Router(DialogueProtocol.self)
        router.on(DialogueProtocol.Begin.self) { message, context in
            try context.send(DialogueProtocol.Ask(number: message.number))
            return DialogueProtocol.Result(number: 0)
        }
        router.onUnhandled { message, _ in note.yield(message.code) }
        try await withServer(router) { port in
            let client = try await Client.connect(host: "127.0.0.1", port: port, speaking: DialogueProtocol.self)
            try client.on(DialogueProtocol.Ask.self) {
                ask.yield($0.number)
                return DialogueProtocol.Answer(number: 0)
            }
            _ = try await client.request(DialogueProtocol.Begin(number: 7))
            var numbers = asked.makeAsyncIterator()
            #expect(await numbers.next() == 7)
            // A reply that answers no request is a message without a handler.
            try await client.send(DialogueProtocol.Answer(number: 1))
            var codes = unhandled.makeAsyncIterator()
            #expect(await codes.next() == DialogueProtocol.Answer.code)
            await client.close()
        }
    }

    @Test("fails at a reply of another kind, and at a malformed one, of which the peer hears nothing")
    func wrongReply() async throws {
        let peer = try makeServer(router()).connect()
        try begin(1, peer)
        let ask = try await peer.receive()
        var header = HeaderBytes()
        DialogueProtocol.frameFormat.correlation?.set(1, in: &header)
        #expect(ask.header.integer(at: 1, .little, as: UInt16.self) == 1)
        // Answer without its number.
        peer.send(bytes: [2, 1, 0, 0, 0, 0])
        let failure = try await peer.receive()
        #expect(failure.code == DialogueProtocol.Failure.code)
        #expect(number(of: failure) == 1)
        // The connection goes on, and has no error message about the reply.
        try begin(2, peer)
        #expect(try await peer.receive().code == DialogueProtocol.Ask.code)
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("is refused where the protocol or the router does not allow it")
    func mistakes() async throws {
        func error(_ router: Router, _ begin: [UInt8]) async throws -> String {
            let (errors, error) = AsyncStream.makeStream(of: String.self)
            var router = router
            router.on(DialogueProtocol.Begin.self) { message, context in
                do {
                    if message.number == 1 {
                        _ = try await context.request(message, timeout: .seconds(1))
                    } else {
                        _ = try await context.request(DialogueProtocol.Ask(number: 1), timeout: .seconds(1))
                    }
                } catch let thrown {
                    error.yield("\(thrown)")
                }
                return DialogueProtocol.Result(number: 0)
            }
            let peer = try makeServer(router).connect()
            peer.send(bytes: begin)
            var thrown = errors.makeAsyncIterator()
            return await thrown.next() ?? ""
        }
        let numbered: [UInt8] = [3, 1, 0, 0, 4, 0]
        #expect(
            try await error(Router(UnnumberedDialogue.self), [3, 4, 0, 2, 0, 0, 0])
                == "the header of UnnumberedDialogue has no field with `correlate`, which requests of the server need"
        )
        #expect(
            try await error(Router(DialogueProtocol.self), numbered + [1, 0, 0, 0])
                == "in DialogueProtocol, the server may not send Begin, or peers may not send Result"
        )
        var handling = Router(DialogueProtocol.self)
        handling.on(DialogueProtocol.Answer.self) { _, _ in }
        #expect(
            try await error(handling, numbered + [2, 0, 0, 0])
                == "the router has a handler for messages with the code of Answer: remove it"
        )
        #expect(Router(DialogueProtocol.self).unhandledMessages.map { $0.name } == ["Ask", "Begin"])
    }

    @Test("has no handler at a client whose protocol does not allow the reply")
    func clientMistakes() async throws {
        let unnumbered = try makeTestServer().makeClient()
        #expect(throws: ClientError.self) {
            try unnumbered.on(Workshop.Add.self) { _ in Workshop.Sum(value: 0) }
        }
        let server = try makeServer(Router(UnnumberedDialogue.self))
        let client = try server.makeClient()
        let error = #expect(throws: ClientError.self) {
            try client.on(DialogueProtocol.Ask.self) { DialogueProtocol.Answer(number: $0.number) }
        }
        #expect(error?.code == .noCorrelation)
        await client.close()
        await unnumbered.close()
    }

    @Test("is answered by the test, when a handler is called directly")
    func recordingConnection() async throws {
        let connection = RecordingConnection()
        let context = Context(connection: connection)
        let ask = DialogueProtocol.Ask(number: 1)
        let error = await #expect(throws: PeerRequestError.self) {
            try await context.request(ask, timeout: .seconds(1))
        }
        #expect(error?.code == .timedOut)
        connection.onRequest(DialogueProtocol.Ask.self) { DialogueProtocol.Answer(number: $0.number + 1) }
        let answer = try await context.request(ask, timeout: .seconds(1))
        #expect(answer.number == 2)
        #expect(connection.sent.count == 2)
        connection.close()
        let closed = await #expect(throws: PeerRequestError.self) {
            try await context.request(ask, timeout: .seconds(1))
        }
        #expect(closed?.code == .closed)
    }
}
