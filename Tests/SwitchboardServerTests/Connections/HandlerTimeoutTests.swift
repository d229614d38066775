import Logging
import Switchboard
import SwitchboardTesting
import TestSupport
import Testing

@Suite("A handler with a timeout", .timeLimit(.minutes(Patience.minutes)))
struct HandlerTimeoutTests {
    private let add = Workshop.Add(left: 2, right: 3)

    private func makeServer(
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        _ register: (inout Router) -> Void
    ) throws -> TestServer {
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, _ in Workshop.Sum(value: message.left &+ message.right) }
        register(&router)
        var configuration = ServerConfiguration()
        configuration.removeLimits()
        return try TestServer(
            router,
            configuration: configuration,
            logger: logger,
            patience: .seconds(Patience.seconds)
        )
    }

    @Test("is cancelled after this time, and the peer gets the error of a handler that throws")
    func defaultError() async throws {
        let gate = Gate()
        let log = RecordingLog()
        let logger = Logger(label: "test", factory: { _ in log })
        let server = try makeServer(logger: logger) { router in
            router.on(Workshop.Hold.self, timeout: .seconds(2)) { message, _ in
                await gate.pass()
                return Workshop.Sum(value: message.value)
            }
        }
        let peer = try server.connect()
        try peer.send(Workshop.Hold(value: 7))
        try peer.send(add)
        await gate.arrival(of: 1)
        server.advance(by: .milliseconds(1999))
        #expect(try peer.takeMessages().isEmpty)
        server.advance(by: .milliseconds(1))
        let error = try await peer.receive(Workshop.Problem.self)
        #expect(error == Workshop.Problem(code: .internal, text: "the server could not handle this message"))
        let lines = log.lines.filter { $0.contains("a handler failed") }
        #expect(
            lines == [
                #"error: a handler failed ["error": the handler did not finish within 2.0 seconds, "message": Hold]"#
            ]
        )
        // The handler has not ended: the next message waits.
        #expect(try peer.takeMessages().isEmpty)
        await gate.open()
        #expect(try await peer.receive(Workshop.Sum.self).value == 5)
        #expect(await gate.cancellations == 1)
        #expect(try await peer.request(add).value == 5)
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("sends the error that is chosen, over a socket, and its late reply is dropped")
    func chosenError() async throws {
        let gate = Gate()
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, _ in Workshop.Sum(value: message.left &+ message.right) }
        let busy = Workshop.Problem(code: .outOfPaint, text: "try again later")
        router.on(Workshop.Hold.self, timeout: .milliseconds(20), timeoutError: busy) { message, _ in
            if message.value == 1 { await gate.pass() }
            return Workshop.Sum(value: message.value)
        }
        try await withServer(router) { port in
            try await withClient(port) { client in
                await #expect(throws: busy) { try await client.request(Workshop.Hold(value: 1)) }
                await gate.open()
                let sum = try await client.request(add)
                #expect(sum.value == 5)
                let held = try await client.request(Workshop.Hold(value: 9))
                #expect(held.value == 9)
            }
        }
    }

    @Test("that ends when it is cancelled makes room for the next message at once")
    func cancellation() async throws {
        let held = HeldRequests()
        let server = try makeServer { router in
            router.on(Workshop.Hold.self, timeout: .seconds(1)) { message, _ in
                await held.wait(message.value)
                throw CancellationError()
            }
        }
        let peer = try server.connect()
        for number in 1...3 as ClosedRange<UInt32> { try peer.send(Workshop.Hold(value: number)) }
        try peer.send(add)
        for count in 1...3 {
            // The server runs only during calls.
            while await held.arrivals < count { server.advance(by: .zero) }
            server.advance(by: .seconds(1))
            #expect(try await peer.receive(Workshop.Problem.self).code == .internal)
        }
        #expect(try await peer.receive(Workshop.Sum.self).value == 5)
        #expect(await held.cancellations == 3)
    }

    @Test("that ignores the cancellation keeps its place, so that no more of them run than are allowed")
    func ignoredCancellation() async throws {
        let held = Gate()
        var router = Router(LongHeaderProtocol.self)
        router.on(LongHeaderProtocol.Pause.self, timeout: .seconds(1)) { message, _ in
            await held.pass()
            return LongHeaderProtocol.Result(number: message.number)
        }
        router.on(LongHeaderProtocol.Work.self) { message, _ in LongHeaderProtocol.Result(number: message.number) }
        var configuration = ServerConfiguration()
        configuration.removeLimits()
        configuration.maximumConcurrentHandlers = 2
        let server = try TestServer(router, configuration: configuration, patience: .seconds(Patience.seconds))
        let peer = try server.connect()
        func send(_ message: some NumberMessage, id: UInt64) throws {
            let frame = try FrameEncoder(LongHeaderProtocol.frameFormat).encode(message, header: .longHeader(id))
            peer.send(bytes: Array(frame))
        }
        for id in 1...2 as ClosedRange<UInt64> { try send(LongHeaderProtocol.Pause(number: 1), id: id) }
        await held.arrival(of: 2)
        server.advance(by: .seconds(1))
        let errors = try peer.takeMessages()
        #expect(errors.map(\.header) == [.longHeader(1), .longHeader(2)])
        for error in errors {
            #expect(try error.decoded(as: LongHeaderProtocol.Failure.self).fault == .internal)
        }
        try send(LongHeaderProtocol.Work(number: 3), id: 3)
        server.advance(by: .seconds(10))
        #expect(try peer.takeMessages().isEmpty)
        await held.open()
        #expect(try await peer.receive(LongHeaderProtocol.Result.self).number == 3)
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("that finishes in time, or is not suspended, replies as usual")
    func inTime() async throws {
        let gate = Gate()
        struct Sync: Workshop.BlobHandler {
            func handle(_ message: Workshop.Blob, context: Context) -> Workshop.BlobReply {
                Workshop.BlobReply(data: message.data)
            }
        }
        let server = try makeServer { router in
            router.on(Workshop.Hold.self, timeout: .seconds(1)) { message, _ in
                if message.value > 0 { await gate.pass() }
                return Workshop.Sum(value: message.value)
            }
            router.register(Sync(), timeout: .seconds(1))
        }
        let peer = try server.connect()
        #expect(try await peer.request(Workshop.Hold(value: 0)).value == 0)
        #expect(try await peer.request(Workshop.Blob(data: "x")).data == "x")
        try peer.send(Workshop.Hold(value: 3))
        await gate.arrival(of: 1)
        server.advance(by: .milliseconds(900))
        await gate.open()
        #expect(try await peer.receive(Workshop.Sum.self).value == 3)
        server.advance(by: .seconds(10))
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("whose peer is gone ends without an error to anybody")
    func goneClient() async throws {
        let gate = Gate()
        let log = RecordingLog()
        let server = try makeServer(logger: Logger(label: "test", factory: { _ in log })) { router in
            router.on(Workshop.Note.self, timeout: .seconds(1)) { _, _ in await gate.pass() }
        }
        let peer = try server.connect()
        try peer.send(Workshop.Note(text: "x"))
        await gate.arrival(of: 1)
        peer.reset()
        #expect(server.openConnections == 1)
        server.advance(by: .seconds(2))
        #expect(!log.lines.contains { $0.contains("a handler failed") })
        await gate.open()
        while server.openConnections > 0 { await Task.yield() }
    }

    @Test("may be one of a service: the timeout is set for its messages")
    func service() async throws {
        let gate = Gate()
        let server = try makeServer { router in
            router.on(Workshop.Note.self) { _, _ in await gate.pass() }
            router.setTimeout(.seconds(5), for: Workshop.Note.self)
            // The later one counts.
            router.setTimeout(.seconds(1), for: Workshop.Note.self, Workshop.Add.self)
        }
        let peer = try server.connect()
        try peer.send(Workshop.Note(text: "x"))
        await gate.arrival(of: 1)
        server.advance(by: .seconds(1))
        #expect(try await peer.receive(Workshop.Problem.self).code == .internal)
        await gate.open()
    }

    @Test("is refused by the server when its timeout makes no sense")
    func mistakes() {
        func error(_ register: (inout Router) -> Void) -> String {
            do {
                _ = try makeServer(register)
                return "no error"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            error { $0.setTimeout(.seconds(1), for: Workshop.Note.self) }
                == "Workshop: a timeout is set for Note, which has no handler"
        )
        #expect(
            error { $0.setTimeout(.zero, for: Workshop.Add.self) }
                == "Workshop: the timeout of the handler of Add must be more than 0 s"
        )
        #expect(
            error { $0.setTimeout(.seconds(1), error: LongHeaderProtocol.Failure(number: 1), for: Workshop.Add.self) }
                == "Workshop: the error for a timeout of the handler of Add is not the error message of this protocol"
        )
    }
}
