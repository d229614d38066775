import Dispatch
import Glibc
import Logging
import Switchboard
import SwitchboardTesting
import TestSupport
import Testing

@Suite("A handler that")
struct MisbehavingHandlerTests {
    private let add = Workshop.Add(left: 2, right: 3)

    /// How a handler fails.
    enum Failure: CaseIterable {
        case synchronous, asynchronous, afterWaiting
    }

    /// A server whose handler of `Fail` does so.
    private func makeFailingServer(_ failure: Failure) throws -> TestServer {
        @Sendable func fail(_ message: Workshop.Fail) throws -> Workshop.Sum {
            if message.openly { throw Workshop.Problem(code: .outOfPaint, text: "no more blue") }
            throw CancellationError()
        }
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, _ in Workshop.Sum(value: message.left &+ message.right) }
        switch failure {
        case .synchronous: router.on(Workshop.Fail.self) { message, _ in try fail(message) }
        case .asynchronous, .afterWaiting:
            router.on(Workshop.Fail.self) { message, _ in
                if message.waits { await Task.yield() }
                return try fail(message)
            }
        }
        var configuration = ServerConfiguration()
        configuration.rateLimit = 0
        configuration.globalRateLimit = 0
        return try TestServer(router, configuration: configuration, patience: .seconds(Patience.seconds))
    }

    /// As often as `THROWS` says: a million times, to be thorough.
    @Test("throws, again and again, is no concern of other connections", arguments: Failure.allCases)
    func throwing(_ failure: Failure) async throws {
        let server = try makeFailingServer(failure)
        let (failing, other) = (try server.connect(), try server.connect())
        let count = unsafe getenv("THROWS").flatMap { unsafe Int(String(cString: $0)) } ?? 5000
        let batch = 100
        for round in 0..<max(count / batch, 1) {
            for number in 0..<batch {
                try failing.send(Workshop.Fail(waits: failure == .afterWaiting, openly: number % 2 == 0))
            }
            if failure == .afterWaiting {
                for _ in 0..<batch { _ = try await failing.receive(Workshop.Problem.self) }
            } else {
                #expect(try failing.takeMessages().count == batch, "in round \(round)")
            }
            #expect(try await other.request(add).value == 5)
        }
        #expect(server.openConnections == 2)
    }

    @Test(
        "never returns has its connection's place until it does, so that there are no more of them than places",
        .timeLimit(.minutes(Patience.minutes))
    )
    func neverReturning() async throws {
        let gate = Gate()
        let server = try makeTestServer(gate) { $0.maximumConnections = 2 }
        for count in 1...2 {
            let peer = try server.connect()
            try peer.send(Workshop.Hold(value: 5))
            await gate.arrival(of: count)
            peer.reset()
        }
        let third = try server.connect()
        #expect(try await third.receive(Workshop.Problem.self).code == .tooManyConnections)
        third.close()
        await gate.open()
        while server.openConnections > 0 { await Task.yield() }
        #expect(try await server.connect().request(add).value == 5)
    }

    /// Runs a server for as long as `body` runs, whose first connection's handler blocks its loop until `release` is signalled.
    private func withHangingLoop(
        _ configure: (inout ServerConfiguration) -> Void = { _ in },
        stoppedGracefully isGraceful: Bool = false,
        _ body: (_ port: Int, _ log: RecordingLog, _ release: DispatchSemaphore) async throws -> Void
    ) async throws {
        let log = RecordingLog()
        let release = DispatchSemaphore(value: 0)
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, _ in
            release.wait()
            return Workshop.Sum(value: message.left)
        }
        router.on(Workshop.Note.self) { note, context in try context.broadcast(note) }
        let logger = Logger(label: "test", factory: { _ in log })
        try await withServer(router, configure, logger: logger, stoppedGracefully: isGraceful) { port in
            let blocking = try await RawPeer(port: port)
            try await blocking.send([8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0])
            await log.line(containing: "event loop hangs")
            try await body(port, log, release)
            blocking.close()
        }
    }

    /// How a peer is gone.
    enum Departure: CaseIterable {
        /// The connection is reset.
        case reset
        /// The peer closes, and what the server sends then cannot be delivered.
        case closeBeforeOutput
        /// The peer closes its side, where that counts as having gone.
        case end
    }

    @Test(
        "waits is cancelled, and the disconnection is told, as soon as its peer is gone",
        .timeLimit(.minutes(Patience.minutes)),
        arguments: Departure.allCases
    )
    func departure(_ departure: Departure) async throws {
        let (cancelled, cancellation) = AsyncStream.makeStream(of: Void.self)
        let (begun, beginning) = AsyncStream<any Connection>.makeStream()
        let (disconnected, disconnection) = AsyncStream.makeStream(of: ConnectionID.self)
        var router = Router(Workshop.self)
        router.on(Workshop.Door.self) { _, context in
            beginning.yield(context.connection)
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                cancellation.yield()
            }
            return Workshop.Sum(value: 0)
        }
        router.onDisconnect { disconnection.yield($0.id) }
        try await withServer(router, { $0.closesWhenPeerEnds = departure == .end }) { port in
            let peer = try await RawPeer(port: port)
            let door: Bytes = [0, 0, 0, 0, 0x0A, 0x01]
            // Behind it lies what is not read while the handler waits.
            try await peer.send(door + door)
            var beginnings = begun.makeAsyncIterator()
            let connection = try #require(await beginnings.next())
            switch departure {
            case .reset: peer.reset()
            case .end: peer.endOutput()
            case .closeBeforeOutput:
                peer.close()
                // The first of it is answered by a reset.
                try connection.send(Workshop.Note(text: "are you there?"))
            }
            var cancellations = cancelled.makeAsyncIterator()
            await cancellations.next()
            var disconnections = disconnected.makeAsyncIterator()
            #expect(await disconnections.next() == connection.id)
            if departure == .end { peer.close() }
        }
    }

    @Test("waits answers a peer that has only ended its side")
    func halfClosed() async throws {
        let gate = Gate()
        try await withServer(.workshop(gate)) { port in
            let peer = try await RawPeer(port: port)
            try await peer.send([4, 0, 0, 0, 0x03, 0x01, 9, 0, 0, 0])
            await gate.arrival(of: 1)
            peer.endOutput()
            await gate.open()
            #expect(try await peer.receive(count: 10) == [4, 0, 0, 0, 0x02, 0x01, 9, 0, 0, 0])
            #expect(try await peer.receivesEnd())
            peer.close()
        }
    }

    @Test(
        "blocks its event loop is named in the log within a second, and when it goes on",
        .timeLimit(.minutes(Patience.minutes))
    )
    func blocking() async throws {
        try await withHangingLoop { _, log, release in
            let line = log.lines.first { $0.contains("event loop hangs") } ?? ""
            #expect(line.contains("\"message\": Add"))
            #expect(line.contains(/"connection": \d/))
            let milliseconds = try #require(line.firstMatch(of: /"for": (\d+) ms/).flatMap { Int($0.1) })
            #expect((500..<1000).contains(milliseconds))
            release.signal()
            await log.line(containing: "event loop continues")
        }
    }

    @Test(
        "blocks its event loop does not keep the server from stopping, which closes the peers of other loops",
        .timeLimit(.minutes(Patience.minutes)),
        arguments: [true, false]
    )
    func stopping(_ isGraceful: Bool) async throws {
        var ends: (log: RecordingLog, release: DispatchSemaphore, elsewhere: RawPeer, behind: RawPeer)?
        let configure = { (configuration: inout ServerConfiguration) in
            configuration.eventLoops = 2
            configuration.drainTimeout = .milliseconds(100)
        }
        try await withHangingLoop(configure, stoppedGracefully: isGraceful) { port, log, release in
            // The other loop accepts them: it keeps two, and gives the third one to the loop that blocks.
            let elsewhere = try await RawPeer(port: port)
            _ = try await RawPeer(port: port)
            ends = (log, release, elsewhere, try await RawPeer(port: port))
            #expect(!log.lines.contains { $0.contains("the server stops") })
        }
        let (log, release, elsewhere, behind) = try #require(ends)
        #expect(try await elsewhere.receivesEnd())
        let lines = log.lines.filter { $0.contains("the server stops without it") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("\"message\": Add") == true)
        #expect(lines.first?.contains(/"connection": \d/) == true)
        #expect(!log.lines.contains { $0.contains("ended after the stop timeout") })
        release.signal()
        await log.line(containing: "event loop ended after the stop timeout")
        #expect(try await behind.receivesEnd())
    }

    @Test(
        "blocks its event loop when a connection has opened or closed is named in the log, too",
        .timeLimit(.minutes(Patience.minutes)),
        arguments: [true, false]
    )
    func blockingOnConnection(opening: Bool) async throws {
        let log = RecordingLog()
        let release = DispatchSemaphore(value: 0)
        var router = Router.workshop()
        if opening { router.onConnect { _ in release.wait() } } else { router.onDisconnect { _ in release.wait() } }
        try await withServer(router, logger: Logger(label: "test", factory: { _ in log })) { port in
            (try await RawPeer(port: port)).close()
            await log.line(containing: "event loop hangs")
            let line = log.lines.first { $0.contains("event loop hangs") } ?? ""
            #expect(line.hasPrefix("error"))
            #expect(line.contains("\"handler\": \(opening ? "onConnect" : "onDisconnect")"))
            #expect(line.contains(/"connection": \d/))
            release.signal()
            await log.line(containing: "event loop continues")
        }
    }

    @Test(
        "blocks its event loop: what others broadcast waits for it up to a limit; then its peers are cut off, no others",
        .timeLimit(.minutes(Patience.minutes))
    )
    func missingBroadcasts() async throws {
        try await withHangingLoop { port, log, release in
            // The other loop accepts them: it keeps two, and gives the third one to the loop that blocks.
            let (elsewhere, listener) = (try await RawPeer(port: port), try await RawPeer(port: port))
            let behind = try await RawPeer(port: port)
            let note = Workshop.Note(text: String(repeating: "x", count: 4000))
            let frame = try FrameEncoder(Workshop.frameFormat).encode(note)
            let notes = Bytes(Array(repeatElement(Array(frame), count: 25).joined()))
            for _ in 0..<(80_000_000 / notes.count) {
                try await elsewhere.send(notes)
                #expect(try await listener.receive(count: notes.count) == notes)
            }
            release.signal()
            await log.line(containing: "connections aborted")
            while true {
                do { _ = try await behind.receive(count: frame.count) } catch { break }
            }
            try await elsewhere.send(frame)
            #expect(try await listener.receive(count: frame.count) == frame)
            for peer in [elsewhere, behind, listener] { peer.close() }
        }
    }

    @Test(
        "blocks its event loop keeps no client of the other loop waiting, neither one that connects nor one without a place",
        .timeLimit(.minutes(Patience.minutes))
    )
    func connecting() async throws {
        let configure = { (configuration: inout ServerConfiguration) in configuration.maximumConnections = 3 }
        try await withHangingLoop(configure) { port, _, release in
            let peers = [try await RawPeer(port: port), try await RawPeer(port: port)]
            let note: Bytes = [2, 0, 0, 0, 0x04, 0x01, 0x68, 0x69]
            try await peers[0].send(note)
            #expect(try await peers[1].receive(count: note.count) == note)
            // Some are told why, and the others are aborted.
            for _ in 0..<40 { _ = try? await RawPeer(port: port).receiveAll() }
            release.signal()
            for peer in peers { peer.close() }
        }
    }

    @Test(
        "blocks its event loop does not keep the port open when the server stops",
        .timeLimit(.minutes(Patience.minutes))
    )
    func refusing() async throws {
        let configure = { (configuration: inout ServerConfiguration) in configuration.drainTimeout = .milliseconds(100)
        }
        var ends: (port: Int, release: DispatchSemaphore)?
        try await withHangingLoop(configure, stoppedGracefully: true) { port, _, release in ends = (port, release) }
        let (port, release) = try #require(ends)
        await #expect(throws: SystemError.self) { try await RawPeer(port: port) }
        release.signal()
    }
}
