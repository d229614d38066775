import Dispatch
import Logging
import Switchboard
import SwitchboardTesting
import Synchronization
import TestSupport
import Testing

@Suite("A limit", .timeLimit(.minutes(Patience.minutes)))
struct LimitTests {
    private let add: Bytes = [8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0]
    private let sum: Bytes = [4, 0, 0, 0, 0x02, 0x01, 5, 0, 0, 0]

    /// Receives a Problem, and returns its code.
    private func problem(_ peer: RawPeer) async throws -> UInt8 {
        let header = try await peer.receive(count: 6)
        #expect(header[4..<6] == [0xFF, 0xFF])
        return try await peer.receive(count: Int(header[0]))[0]
    }

    @Test("of a connection's rate refuses requests beyond it, each with an answer in its place, until time has passed")
    func rate() async throws {
        let server = try makeTestServer { $0.rateLimit = 3 }
        let peer = try server.connect()
        for _ in 0..<2 {
            for _ in 0..<5 { try peer.send(Workshop.Add(left: 2, right: 3)) }
            for _ in 0..<3 { #expect(try await peer.receive(Workshop.Sum.self).value == 5) }
            for _ in 0..<2 { #expect(try await peer.receive(Workshop.Problem.self).code == .rateLimited) }
            server.advance(by: .seconds(1))
        }
    }

    @Test("of a rate is no obstacle to a handler that waits")
    func rateOfWaitingHandlers() async throws {
        let gate = Gate()
        await gate.open()
        let server = try makeTestServer(gate) { $0.rateLimit = 2 }
        let peer = try server.connect()
        for _ in 0..<20 { try peer.send(Workshop.Hold(value: 5)) }
        for _ in 0..<2 { #expect(try await peer.receive(Workshop.Sum.self).value == 5) }
        for _ in 2..<20 { #expect(try await peer.receive(Workshop.Problem.self).code == .rateLimited) }
    }

    @Test("of pending output leaves room for any reply to a peer that reads")
    func pendingOutput() async throws {
        let server = try makeTestServer {
            $0.outputHighWaterMark = 1024
            $0.maximumPendingOutput = 1024
        }
        let peer = try server.connect()
        let data = Bytes(Array(repeating: 7, count: 1_000_000))
        for _ in 0..<3 { #expect(try await peer.request(Workshop.Blob(data: data)).data == data) }
    }

    @Test("of the rate of all is kept by all event loops together")
    func globalRate() async throws {
        try await withServer(.workshop(), { $0.globalRateLimit = 1 }) { port in
            let peers = [try await RawPeer(port: port), try await RawPeer(port: port)]
            var refusals = 0
            // If a new second begins, one more message is handled, of any peer: at most four in four
            // seconds.
            for peer in peers { try await peer.send(add + add + add + add) }
            for peer in peers {
                for _ in 0..<4 {
                    let header = try await peer.receive(count: 6)
                    _ = try await peer.receive(count: Int(header[0]))
                    if header[4..<6] == [0xFF, 0xFF] { refusals += 1 }
                }
                peer.close()
            }
            #expect(refusals >= 4)
            #expect(refusals < 8)
        }
    }

    @Test("of silence closes a connection that has never said anything, and no other")
    func idle() async throws {
        let server = try makeTestServer { $0.idleTimeout = .seconds(60) }
        let (silent, speaking) = (try server.connect(), try server.connect())
        for _ in 0..<59 {
            server.advance(by: .seconds(1))
            #expect(try await speaking.request(Workshop.Add(left: 2, right: 3)).value == 5)
            #expect(!silent.hasEnded)
        }
        server.advance(by: .seconds(2))
        #expect(try await silent.receive(Workshop.Problem.self).code == .timeout)
        try await silent.receiveEnd()
        #expect(try await speaking.request(Workshop.Add(left: 2, right: 3)).value == 5)
    }

    @Test(
        "of silence that a handler sets for its connection, on any thread, applies to that connection",
        arguments: [false, true]
    )
    func ownIdle(onOtherThread: Bool) async throws {
        var router = Router.workshop()
        router.onConnect { context in
            let connection = context.connection
            let timeout = Duration.seconds([90, 30, 0, 60][Int(connection.id % 4)])
            guard onOtherThread else { return connection.setIdleTimeout(timeout) }
            let done = DispatchSemaphore(value: 0)
            onOwnThread {
                connection.setIdleTimeout(timeout)
                done.signal()
            }
            done.wait()
        }
        let server = try TestServer(router)
        // Connections have the numbers 1, 2, 3 and 4.
        let (short, never, usual, long) = (
            try server.connect(), try server.connect(), try server.connect(), try server.connect()
        )
        for (peer, seconds) in [(short, 30), (usual, 29), (long, 29)] {
            server.advance(by: .seconds(seconds - 1))
            #expect(!peer.hasEnded)
            server.advance(by: .seconds(2))
            #expect(try await peer.receive(Workshop.Problem.self).code == .timeout)
            try await peer.receiveEnd()
        }
        server.advance(by: .seconds(1000))
        #expect(!never.hasEnded)
    }

    @Test("of silence that a handler changes begins anew, also in the middle of a frame, whose own limit stays")
    func changedIdle() async throws {
        let connections = Mutex<[any Connection]>([])
        var router = Router.workshop()
        router.onConnect { context in connections.withLock { $0.append(context.connection) } }
        let server = try TestServer(router)
        let (silent, hesitant) = (try server.connect(), try server.connect())
        hesitant.send(bytes: [8, 0])
        server.advance(by: .seconds(8))
        for connection in connections.withLock({ $0 }) { connection.setIdleTimeout(.seconds(100)) }
        server.advance(by: .seconds(4))
        #expect(try await hesitant.receive(Workshop.Problem.self).text.contains("10.0 seconds"))
        server.advance(by: .seconds(95))
        #expect(!silent.hasEnded)
        server.advance(by: .seconds(3))
        let problem = try await silent.receive(Workshop.Problem.self)
        #expect(problem.text == "no complete message arrived within the idle timeout of this connection")
    }

    @Test("of a rate shows a dropped one-way message in the log, once a second, and counts the others")
    func droppedMessages() async throws {
        let log = RecordingLog()
        var configuration = ServerConfiguration()
        configuration.rateLimit = 1
        let logger = Logger(label: "test", factory: { _ in log })
        let server = try TestServer(.workshop(), configuration: configuration, logger: logger)
        let peer = try server.connect()
        for _ in 0..<4 { try peer.send(Workshop.Note(text: "")) }
        server.advance(by: .seconds(2))
        #expect(
            log.lines.filter { $0.contains("dropped") } == [
                "info: one-way message dropped [\"message\": Note, \"reason\": rateLimited]",
                "info: more one-way messages dropped: rateLimited [\"count\": 2]",
            ]
        )
    }

    @Test("of silence does not count while a handler waits")
    func idleWhileHandling() async throws {
        let gate = Gate()
        let server = try makeTestServer(gate) { $0.idleTimeout = .seconds(60) }
        let waiting = try server.connect()
        try waiting.send(Workshop.Hold(value: 5))
        await gate.arrival(of: 1)
        server.advance(by: .seconds(3600))
        await gate.open()
        #expect(try await waiting.receive(Workshop.Sum.self).value == 5)
        server.advance(by: .seconds(59))
        #expect(!waiting.hasEnded)
        server.advance(by: .seconds(2))
        #expect(try await waiting.receive(Workshop.Problem.self).code == .timeout)
    }

    @Test("of a frame's time is not moved by further parts of it")
    func frame() async throws {
        let server = try makeTestServer { $0.frameTimeout = .seconds(10) }
        let peer = try server.connect(link: Link(pieceSize: 1, delay: .seconds(2)))
        try peer.send(Workshop.Note(text: "drips"))
        server.advance(by: .seconds(11))
        #expect(!peer.hasEnded)
        server.advance(by: .seconds(2))
        #expect(try await peer.receive(Workshop.Problem.self).code == .timeout)
        try await peer.receiveEnd()
    }

    @Test("of connections for each address lets as many in, and more when one has gone")
    func perAddress() async throws {
        try await withServer(.workshop(), { $0.maximumConnectionsPerAddress = 1 }) { port in
            let first = try await RawPeer(port: port)
            try await first.send(add)
            #expect(try await first.receive(count: 10) == sum)
            let second = try await RawPeer(port: port)
            #expect(try await problem(second) == 4)
            #expect(try await second.receivesEnd())
            second.close()
            first.close()
            var isServed = false
            while !isServed {
                isServed = try await withClient(port) { client in
                    (try? await client.request(Workshop.Add(left: 0, right: 0))) != nil
                }
            }
        }
    }

    @Test("of what is logged turns ten thousand failures into a line or two a second")
    func logs() async throws {
        let log = RecordingLog()
        try await withServer(logger: Logger(label: "test", factory: { _ in log })) { port in
            try await withClient(port) { client in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<10_000 {
                        group.addTask {
                            await #expect(throws: Workshop.Problem.self) {
                                try await client.request(Workshop.Fail(waits: false, openly: false))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            await log.line(containing: "more handlers failed")
        }
        #expect(log.lines.count { $0.contains("failed") } < 50)
    }

    @Test("of what is logged shows one refused connection for each reason in a second, and counts the others")
    func refusalsInTheLog() throws {
        let log = RecordingLog()
        var configuration = ServerConfiguration(maximumConnections: 2)
        configuration.maximumConnectionsPerAddress = 1
        let logger = Logger(label: "test", factory: { _ in log })
        let server = try TestServer(.workshop(), configuration: configuration, logger: logger)
        for _ in 0..<6 { _ = try server.connect(from: "192.0.2.1") }
        for _ in 0..<4 { _ = try server.connect(from: "192.0.2.2") }
        #expect(log.lines.count { $0.contains("connection refused") } == 2)
        #expect(log.lines.contains { $0.contains("\"reason\": addressIsFull") && $0.contains("192.0.2.1:") })
        #expect(log.lines.contains { $0.contains("\"reason\": serverIsFull") && $0.contains("192.0.2.2:") })
        server.advance(by: .seconds(2))
        #expect(log.lines.contains(#"info: more connections refused: addressIsFull ["count": 4]"#))
        #expect(log.lines.contains(#"info: more connections refused: serverIsFull ["count": 2]"#))
    }

    @Test("of a line of the log is one line, in which nothing commands a terminal, whatever a peer sends")
    func visibleLog() throws {
        let log = RecordingLog()
        let server = try TestServer(.workshop(), logger: Logger(label: "test", factory: { _ in log }))
        let peer = try server.connect()
        try peer.send(Workshop.Problem(code: .internal, text: "a\u{1B}[2J\nb\u{9B}c\u{202E}d\u{2028}e\u{E000}f\\g"))
        let line = try #require(log.lines.first { $0.contains("the peer sent an error") })
        let hidden = line.unicodeScalars.filter {
            [.control, .format, .lineSeparator, .privateUse].contains($0.properties.generalCategory)
        }
        #expect(hidden.isEmpty)
        #expect(line.contains(#"\u{1B}[2J\nb\u{009B}c\u{202E}d\u{2028}e\u{E000}f\g"#))
    }

    @Test("of a line of the log counts what makes up characters, of which one can have thousands")
    func logLine() async throws {
        let log = RecordingLog()
        let server = try TestServer(.workshop(), logger: Logger(label: "test", factory: { _ in log }))
        let peer = try server.connect()
        let text = "e" + String(repeating: "\u{301}", count: 20_000)
        try peer.send(Workshop.Problem(code: .internal, text: text))
        let line = try #require(log.lines.first { $0.contains("the peer sent an error") })
        #expect(line.utf8.count < 5000)
    }
}
