import Switchboard
import SwitchboardTesting
import Testing

/// Messages of one kind that come together are handled as a run: nobody may notice.
@Suite("Messages that come together", .timeLimit(.minutes(2)))
struct RunTests {
    private struct SlowAdder: Workshop.AddHandler {
        func handle(_ message: Workshop.Add, context: Context) async throws -> Workshop.Sum {
            await Task.yield()
            return Workshop.Sum(value: message.left &+ message.right)
        }
    }

    /// Leaves some messages to a handler that waits, which it cannot.
    private struct HastyAdder: Workshop.AddHandler {
        let slow = SlowAdder()

        func handle(_ message: Workshop.Add, context: Context) throws -> Workshop.Sum {
            if message.left == 7 { return try slow.handle(message, context: context) }
            return Workshop.Sum(value: message.left &+ message.right)
        }
    }

    private func frames(_ messages: [some Message]) throws -> [UInt8] {
        let encoder = FrameEncoder(Workshop.frameFormat)
        return try messages.flatMap { Array(try encoder.encode($0)) }
    }

    private func sums(_ peer: TestPeer, _ count: Int) async throws -> [UInt32] {
        var sums: [UInt32] = []
        for _ in 0..<count { sums.append(try await peer.receive(Workshop.Sum.self).value) }
        return sums
    }

    @Test("are not handled after the one whose handler closes the connection")
    func closing() async throws {
        let server = try makeTestServer()
        let (leaving, staying) = (try server.connect(), try server.connect())
        let notes = ["hello", "adieu", "bye", "again"].map { Workshop.Note(text: $0) }
        leaving.send(bytes: try frames([notes[0], notes[1]]) + frames(Array(repeating: notes[2], count: 3)))
        try await leaving.receiveEnd()
        for note in notes[0...2] { #expect(try await staying.receive(Workshop.Note.self) == note) }
        #expect(try staying.takeMessages().isEmpty)
    }

    @Test("are each answered once, in order, when one in their midst is waited for")
    func waiting() async throws {
        let gate = Gate()
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, _ in
            if message.left == 40 { await gate.pass() }
            return Workshop.Sum(value: message.left)
        }
        let server = try TestServer(router, configuration: unlimited, patience: .seconds(60))
        let peer = try server.connect()
        peer.send(bytes: try frames((0..<100).map { Workshop.Add(left: $0, right: 0) }))
        await gate.arrival(of: 1)
        #expect(try await sums(peer, 40) == Array(0..<40))
        #expect(try peer.takeMessages().isEmpty)
        await gate.open()
        #expect(try await sums(peer, 60) == Array(40..<100))
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("are each answered once when a handler turns out to wait in their midst")
    func lateDiscovery() async throws {
        var router = Router(Workshop.self)
        router.register(HastyAdder())
        let server = try TestServer(router, configuration: unlimited, patience: .seconds(60))
        let peer = try server.connect()
        peer.send(bytes: try frames((0..<20).map { Workshop.Add(left: $0, right: 0) }))
        #expect(try await sums(peer, 7) == Array(0..<7))
        #expect(try await peer.receive(Workshop.Problem.self).code == .internal)
        #expect(try await sums(peer, 12) == Array(8..<20))
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("fail one by one", arguments: [false, true])
    func failing(waits: Bool) async throws {
        var router = Router(Workshop.self)
        if waits {
            router.on(Workshop.Add.self) { message, _ in try await Self.answerSome(message, yields: true) }
        } else {
            router.on(Workshop.Add.self) { message, _ in try Self.answerSome(message) }
        }
        let server = try TestServer(router, configuration: unlimited, patience: .seconds(60))
        let peer = try server.connect()
        peer.send(bytes: try frames((0..<30).map { Workshop.Add(left: $0, right: 0) }))
        for number in 0..<30 as Range<UInt32> {
            if number.isMultiple(of: 5) {
                #expect(try await peer.receive(Workshop.Problem.self).code == .outOfPaint)
            } else {
                #expect(try await peer.receive(Workshop.Sum.self).value == number)
            }
        }
        #expect(try peer.takeMessages().isEmpty)
    }

    private static func answerSome(_ message: Workshop.Add) throws -> Workshop.Sum {
        if message.left.isMultiple(of: 5) { throw Workshop.Problem(code: .outOfPaint, text: "no more blue") }
        return Workshop.Sum(value: message.left)
    }

    private static func answerSome(_ message: Workshop.Add, yields: Bool) async throws -> Workshop.Sum {
        if yields, message.left.isMultiple(of: 7) { await Task.yield() }
        return try answerSome(message)
    }

    private var unlimited: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.rateLimit = 0
        configuration.globalRateLimit = 0
        return configuration
    }
}
