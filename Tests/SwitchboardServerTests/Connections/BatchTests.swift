import Dispatch
import Switchboard
import SwitchboardTesting
import Synchronization
import TestSupport
import Testing

/// Messages of one type that arrive together are handled as a batch, which no handler and no peer may notice.
@Suite("Messages that come together", .timeLimit(.minutes(Patience.minutes)))
struct BatchTests {
    private struct SlowAdder: Workshop.AddHandler {
        func handle(_ message: Workshop.Add, context: Context) async throws -> Workshop.Sum {
            await Task.yield()
            return Workshop.Sum(value: message.left &+ message.right)
        }
    }

    /// A handler without `async` that passes some messages to an `async` handler, for which it cannot wait.
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
        let server = try TestServer(router, configuration: unlimited, patience: .seconds(Patience.seconds))
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
        let server = try TestServer(router, configuration: unlimited, patience: .seconds(Patience.seconds))
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
        let server = try TestServer(router, configuration: unlimited, patience: .seconds(Patience.seconds))
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

    // MARK: Rates

    private struct RandomNumbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    /// Returns the messages that two peers receive for the same messages at the same times, sent together or one by
    /// one.
    private func replies(seed: UInt64, together: Bool) throws -> [[ReceivedMessage]] {
        var random = RandomNumbers(state: seed)
        let server = try makeTestServer {
            $0.rateLimit = [0, 10, 200].randomElement(using: &random) ?? 0
            $0.globalRateLimit = [0, 30, 1000].randomElement(using: &random) ?? 0
        }
        let peers = [try server.connect(), try server.connect()]
        for _ in 0..<20 {
            server.advance(by: .milliseconds([0, 1, 50, 900].randomElement(using: &random) ?? 0))
            let peer = peers[Int.random(in: 0...1, using: &random)]
            var messages: [[UInt8]] = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let count = Int.random(in: 1...40, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: messages += try (0..<count).map { _ in try frames([Workshop.Vault()]) }
                case 1: messages += try (0..<count).map { _ in try frames([Workshop.Note(text: "note")]) }
                default: messages += try (0..<count).map { try frames([Workshop.Add(left: UInt32($0), right: 1)]) }
                }
            }
            if together { peer.send(bytes: Array(messages.joined())) } else { messages.forEach(peer.send(bytes:)) }
        }
        return try peers.map { try $0.takeMessages() }
    }

    @Test("pass the rates exactly as they do one by one", arguments: 1...25)
    func rates(seed: UInt64) throws {
        let together = try replies(seed: seed, together: true)
        let oneByOne = try replies(seed: seed, together: false)
        for (left, right) in zip(together, oneByOne) {
            #expect(left.map(\.payload) == right.map(\.payload))
            #expect(left.map(\.code) == right.map(\.code))
        }
    }

    // MARK: Authentication

    /// Makes a server that requires authentication, whose handler of Add can end the authentication of its peer.
    private func authenticatedPeer(isAsync: Bool, _ revoke: @escaping @Sendable (Session) -> Void) async throws
        -> TestPeer
    {
        var router = Router(Workshop.self)
        router.on(Workshop.Door.self) { message, context in
            context.session.identity = Session.Identity(user: message.user)
            return Workshop.Sum(value: 0)
        }
        if isAsync {
            router.on(Workshop.Add.self) { message, context async in
                if message.right == 1 { revoke(context.session) }
                return Workshop.Sum(value: message.left)
            }
        } else {
            router.on(Workshop.Add.self) { message, context in
                if message.right == 1 { revoke(context.session) }
                return Workshop.Sum(value: message.left)
            }
        }
        var configuration = unlimited
        configuration.requiresAuthentication = true
        let server = try TestServer(router, configuration: configuration, patience: .seconds(Patience.seconds))
        let peer = try server.connect()
        _ = try await peer.request(Workshop.Door(user: "ada"))
        return peer
    }

    /// Expects that the first eight of twenty messages have replies, and the others are not handled.
    private func expectRejection(after peer: TestPeer) async throws {
        peer.send(bytes: try frames((0..<20).map { Workshop.Add(left: $0, right: $0 == 7 ? 1 : 0) }))
        #expect(try await sums(peer, 8) == Array(0..<8))
        for _ in 8..<20 { #expect(try await peer.receive(Workshop.Problem.self).code == .authenticationFailed) }
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("are rejected from the one on whose handler ends the authentication", arguments: [false, true])
    func revocation(isAsync: Bool) async throws {
        try await expectRejection(after: authenticatedPeer(isAsync: isAsync) { $0.identity = nil })
    }

    @Test("are rejected as soon as another thread has ended the authentication", arguments: [false, true])
    func revocationElsewhere(isAsync: Bool) async throws {
        let peer = try await authenticatedPeer(isAsync: isAsync) { session in
            let done = DispatchSemaphore(value: 0)
            DispatchQueue.global().async {
                session.identity = nil
                done.signal()
            }
            done.wait()
        }
        try await expectRejection(after: peer)
    }

    @Test("that require authentication themselves are rejected after it has ended, too")
    func revocationOfRequirement() async throws {
        let calls = Atomic(0)
        var router = Router(Workshop.self)
        router.on(Workshop.Door.self) { message, context in
            context.session.identity = Session.Identity(user: message.user)
            return Workshop.Sum(value: 0)
        }
        router.on(Workshop.Vault.self) { _, context in
            let number = calls.wrappingAdd(1, ordering: .relaxed).newValue
            if number == 3 { context.session.identity = nil }
            return Workshop.Sum(value: UInt32(number))
        }
        let server = try TestServer(router, configuration: unlimited, patience: .seconds(Patience.seconds))
        let peer = try server.connect()
        peer.send(
            bytes: try frames([Workshop.Door(user: "ada")]) + frames(Array(repeating: Workshop.Vault(), count: 9))
        )
        #expect(try await sums(peer, 4) == [0, 1, 2, 3])
        for _ in 3..<9 { #expect(try await peer.receive(Workshop.Problem.self).code == .authenticationFailed) }
        #expect(calls.load(ordering: .relaxed) == 3)
    }

    // MARK: Header fields

    private func send(_ messages: [(number: UInt32, header: HeaderBytes)], asPause: Bool, to peer: TestPeer) throws {
        let encoder = FrameEncoder(LongHeaderProtocol.frameFormat)
        peer.send(
            bytes: try messages.flatMap { message in
                asPause
                    ? Array(
                        try encoder.encode(LongHeaderProtocol.Pause(number: message.number), header: message.header)
                    )
                    : Array(try encoder.encode(LongHeaderProtocol.Work(number: message.number), header: message.header))
            }
        )
    }

    private func receive(_ peer: TestPeer, _ count: Int) async throws -> [LongHeaderFrame] {
        var frames: [LongHeaderFrame] = []
        for _ in 0..<count {
            let message = try await peer.receive()
            var reader = ByteReader(message.payload)
            let number = reader.readInteger(.little, as: UInt32.self)
            frames.append(LongHeaderFrame(code: message.code, header: message.header, number: number ?? .max))
        }
        return frames
    }

    private func header(_ number: UInt32) -> HeaderBytes {
        .longHeader(UInt64(number) &* 257, sender: UInt16(number) &* 3, flags: UInt8(truncatingIfNeeded: ~number))
    }

    @Test("are each handled and answered with their own header")
    func ownHeaders() async throws {
        let server = try TestServer(.longHeader(), configuration: unlimited, patience: .seconds(Patience.seconds))
        let peer = try server.connect()
        try send((0..<30).map { ($0, header($0)) }, asPause: false, to: peer)
        let expected = (0..<30 as Range<UInt32>).map { number in
            number == 13
                ? LongHeaderFrame(LongHeaderProtocol.Failure(number: 1300), header(number))
                : LongHeaderFrame(LongHeaderProtocol.Result(number: number * 2 + number * 3), header(number))
        }
        #expect(try await receive(peer, 30) == expected)
        #expect(try peer.takeMessages().isEmpty)
    }

    @Test("are each answered with their own header when some handlers are suspended")
    func ownHeadersOfSuspendedHandlers() async throws {
        let held = HeldRequests()
        var configuration = unlimited
        configuration.maximumConcurrentHandlers = 4
        let server = try TestServer(
            .longHeader(held),
            configuration: configuration,
            patience: .seconds(Patience.seconds)
        )
        let peer = try server.connect()
        // A handler with a number above 0 is suspended. The numbers in the headers count up.
        let numbers: [UInt32] = [0, 0, 1, 0, 14, 0, 0]
        try send(numbers.enumerated().map { ($1, header(UInt32($0 + 1))) }, asPause: true, to: peer)
        await held.events(2)
        let atOnce = [1, 2, 4, 6, 7].map { LongHeaderFrame(LongHeaderProtocol.Result(number: 0), header($0)) }
        #expect(try await receive(peer, 5) == atOnce)
        await held.release(14)
        #expect(try await receive(peer, 1) == [LongHeaderFrame(LongHeaderProtocol.Failure(number: 1400), header(5))])
        await held.release(1)
        #expect(try await receive(peer, 1) == [LongHeaderFrame(LongHeaderProtocol.Result(number: 1), header(3))])
        #expect(try peer.takeMessages().isEmpty)
    }

    private var unlimited: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.rateLimit = 0
        configuration.globalRateLimit = 0
        return configuration
    }
}
