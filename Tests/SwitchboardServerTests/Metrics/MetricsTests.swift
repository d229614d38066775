import CoreMetrics
import Logging
import ServiceLifecycle
import Switchboard
import SwitchboardTesting
import TestSupport
import Testing

@Suite("A server counts", .timeLimit(.minutes(Patience.minutes)))
struct MetricsTests {
    private let add: Bytes = [8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0]
    private let hold: Bytes = [4, 0, 0, 0, 0x03, 0x01, 5, 0, 0, 0]
    private let failOpenly: Bytes = [2, 0, 0, 0, 0x05, 0x01, 0, 1]
    private let note: Bytes = [4, 0, 0, 0, 0x04, 0x01, 0x6E, 0x65, 0x77, 0x73]
    private let unknown: Bytes = [0, 0, 0, 0, 0x99, 0x09]

    /// Runs a server that counts in a backend of its own.
    private func withCountingServer(
        _ router: Router = .workshop(),
        _ configure: (inout ServerConfiguration) -> Void = { _ in },
        countingIn metrics: RecordingMetrics = RecordingMetrics(),
        backplane: (any Backplane)? = nil,
        _ body: (_ server: Server, _ port: Int, _ metrics: RecordingMetrics) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration(port: 0, eventLoops: 2)
        configuration.removeLimits()
        configure(&configuration)
        let server = try withMetricsFactory(metrics) {
            try Server(
                router,
                configuration: configuration,
                backplane: backplane,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        }
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        do {
            try await body(server, server.listeningAddress.port, metrics)
        } catch {
            running.cancel()
            throw error
        }
        running.cancel()
        try await running.value
    }

    /// Adds with a handler that could wait, and does not.
    private static var patientAdder: Router {
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, _ async in Workshop.Sum(value: message.left &+ message.right) }
        return router
    }

    @Test(
        "messages and their bytes, both ways, exactly, and some durations",
        arguments: [Router.workshop(), patientAdder]
    )
    func messages(_ router: Router) async throws {
        try await withCountingServer(router) { server, port, metrics in
            let peer = try await RawPeer(port: port)
            for _ in 0..<130 { try await peer.send(add) }
            _ = try await peer.receive(count: 130 * 10)
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_messages_received_total{message=Add}") == 130)
            #expect(metrics.sum("switchboard_message_bytes_received_total{message=Add}") == 130 * 14)
            #expect(metrics.sum("switchboard_messages_sent_total{message=Sum}") == 130)
            #expect(metrics.sum("switchboard_message_bytes_sent_total{message=Sum}") == 130 * 10)
            #expect(metrics.sum("switchboard_messages_received_total{message=Sum}") == 0)
            let samples = metrics.values("switchboard_handler_duration_seconds{message=Add}")
            #expect(!samples.isEmpty && samples.count < 130)
            #expect(samples.allSatisfy { $0 > 0 && $0 < 60e9 })
            peer.close()
        }
    }

    @Test("the bytes of frames whose headers have several sizes, exactly")
    func variableHeaders() async throws {
        try await withCountingServer(.topics()) { server, port, metrics in
            let peer = try await RawPeer(port: port)
            let encoder = FrameEncoder(Topics.frameFormat)
            var bytes = 0
            for count in [0, 100, 127, 128, 20_000] {
                let frame = try encoder.encode(Topics.Publish(text: String(repeating: "x", count: count)))
                bytes += frame.count
                try await peer.send(frame)
            }
            #expect(bytes == 20_355 + 2 + 2 + 2 + 3 + 4)
            try await peer.send(encoder.encode(Topics.Ping()))
            #expect(try await peer.receive(count: 2) == [0xD0, 0])
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_messages_received_total{message=Publish}") == 5)
            #expect(metrics.sum("switchboard_message_bytes_received_total{message=Publish}") == bytes)
            #expect(metrics.sum("switchboard_message_bytes_received_total{message=Ping}") == 2)
            #expect(metrics.sum("switchboard_message_bytes_sent_total{message=Pong}") == 2)
            peer.close()
        }
    }

    @Test("messages that have one code, one from clients and one from the server, each by its name")
    func sharedCodes() async throws {
        try await withCountingServer(.longHeader()) { server, port, metrics in
            let peer = try await RawPeer(port: port)
            for _ in 0..<3 { try await peer.send(LongHeaderProtocol.Work(number: 1), .longHeader(1)) }
            try await peer.send(LongHeaderProtocol.Done(number: 1), .longHeader(0))
            try await peer.send(LongHeaderProtocol.Work(number: 13), .longHeader(1))
            for _ in 0..<6 { _ = try await peer.receive() }
            await server.flushMetrics()
            func sum(_ direction: String, _ message: String) -> Int {
                metrics.sum("switchboard_messages_\(direction)_total{message=\(message)}")
            }
            #expect(sum("received", "Work") == 4)
            #expect(sum("sent", "Work") == 0)
            #expect(sum("received", "Result") == 0)
            #expect(sum("sent", "Result") == 3)
            #expect(sum("received", "Done") == 1)
            #expect(sum("sent", "Alarm") == 2)
            #expect(sum("received", "Alarm") == 0)
            #expect(sum("sent", "Failure") == 1)
            #expect(sum("sent", "Pause") == 0)
            peer.close()
        }
    }

    @Test("what handlers answered that waited, and how long each of them took")
    func waitingHandlers() async throws {
        let gate = Gate()
        try await withCountingServer(.workshop(gate)) { server, port, metrics in
            let peer = try await RawPeer(port: port)
            try await peer.send(hold)
            await gate.arrival(of: 1)
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_messages_received_total{message=Hold}") == 1)
            #expect(metrics.sum("switchboard_messages_sent_total{message=Sum}") == 0)
            await gate.open()
            _ = try await peer.receive(count: 10)
            try await peer.send(hold + hold)
            _ = try await peer.receive(count: 20)
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_messages_sent_total{message=Sum}") == 3)
            #expect(metrics.sum("switchboard_message_bytes_sent_total{message=Sum}") == 30)
            #expect(metrics.values("switchboard_handler_duration_seconds{message=Hold}").count == 3)
            peer.close()
        }
    }

    @Test("how long handlers took, by the clock of their server")
    func durationsByAnotherClock() async throws {
        let gate = Gate()
        let metrics = RecordingMetrics()
        let server = try withMetricsFactory(metrics) { try makeTestServer(gate) }
        let peer = try server.connect()
        try peer.send(Workshop.Hold(value: 5))
        await gate.arrival(of: 1)
        server.advance(by: .seconds(3))
        await gate.open()
        _ = try await peer.receive(Workshop.Sum.self)
        server.advance(by: .seconds(1))
        #expect(metrics.values("switchboard_handler_duration_seconds{message=Hold}") == [3e9])
    }

    @Test("a broadcast once for each that it is sent to")
    func broadcasts() async throws {
        try await withCountingServer { server, port, metrics in
            var peers: [RawPeer] = []
            for _ in 0..<5 {
                let peer = try await RawPeer(port: port)
                try await peer.send(add)
                _ = try await peer.receive(count: 10)
                peers.append(peer)
            }
            try await peers[0].send(note + note)
            for peer in peers.dropFirst() { #expect(try await peer.receive(count: 20) == note + note) }
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_messages_received_total{message=Note}") == 2)
            #expect(metrics.sum("switchboard_messages_sent_total{message=Note}") == 8)
            #expect(metrics.sum("switchboard_message_bytes_sent_total{message=Note}") == 80)
            for peer in peers { peer.close() }
        }
    }

    @Test("a broadcast of somebody who leaves, once for each of the others")
    func lastBroadcast() async throws {
        try await withCountingServer { server, port, metrics in
            let (leaving, staying) = (try await RawPeer(port: port), try await RawPeer(port: port))
            try await staying.send(add)
            _ = try await staying.receive(count: 10)
            try await leaving.send([3, 0, 0, 0, 0x04, 0x01] + Bytes(Array("bye".utf8)))
            #expect(try await leaving.receivesEnd())
            #expect(try await staying.receive(count: 9).count == 9)
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_messages_sent_total{message=Note}") == 1)
            #expect(metrics.sum("switchboard_message_bytes_sent_total{message=Note}") == 9)
            for peer in [leaving, staying] { peer.close() }
        }
    }

    @Test("a message to a room, a user or a connection once for each connection that it reaches")
    func rooms() throws {
        let metrics = RecordingMetrics()
        let server = try withMetricsFactory(metrics) { try TestServer(.talking(), patience: .seconds(60)) }
        let peers = try (0..<4).map { _ in try server.connect() }
        for peer in peers[..<3] { try peer.note("join lobby") }
        let encoder = FrameEncoder(Workshop.frameFormat)
        let texts = ["room lobby abcd", "to-room lobby abcd", "user nobody abcd", "connection 4 abcd", "all abcd"]
        peers[0].send(bytes: try texts.flatMap { Array(try encoder.encode(Workshop.Note(text: $0))) })
        try server.send(Workshop.Note(text: "abcd"), to: .room("lobby"))
        server.advance(by: .seconds(1))
        #expect(metrics.sum("switchboard_messages_sent_total{message=Note}") == 2 + 3 + 0 + 1 + 3 + 3)
        #expect(metrics.sum("switchboard_message_bytes_sent_total{message=Note}") == 120)
    }

    @Test("faults by their names, codes that there are not as one, and the errors that it answers with")
    func faults() async throws {
        try await withCountingServer { server, port, metrics in
            let peer = try await RawPeer(port: port)
            try await peer.send(unknown + failOpenly + add)
            var header = try await peer.receive(count: 6)
            for _ in 0..<2 {
                #expect(header[4..<6] == [0xFF, 0xFF])
                _ = try await peer.receive(count: Int(header[0]))
                header = try await peer.receive(count: 6)
            }
            #expect(header[4..<6] == [0x02, 0x01])
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_messages_received_total{message=unknown}") == 1)
            #expect(metrics.sum("switchboard_faults_total{fault=unknownType}") == 1)
            #expect(metrics.sum("switchboard_faults_total{fault=other}") == 1)
            #expect(metrics.sum("switchboard_messages_sent_total{message=Problem}") == 2)
            #expect(metrics.sum("switchboard_messages_sent_total{message=Sum}") == 1)
            peer.close()
        }
    }

    @Test("messages that were too many")
    func rates() async throws {
        try await withCountingServer(.workshop(), { $0.rateLimit = 2 }) { server, port, metrics in
            let peer = try await RawPeer(port: port)
            try await peer.send(add + add + add)
            _ = try await peer.receive(count: 26)
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_messages_rate_limited_total{message=Add}") == 1)
            #expect(metrics.sum("switchboard_faults_total{fault=rateLimited}") == 1)
            #expect(metrics.sum("switchboard_messages_sent_total{message=Sum}") == 2)
            peer.close()
        }
    }

    @Test("credentials that a handler has accepted and refused")
    func authentications() async throws {
        try await withCountingServer { server, port, metrics in
            let peer = try await RawPeer(port: port)
            let encoder = FrameEncoder(Workshop.frameFormat)
            for user in ["ada", "", "", "grace"] { try await peer.send(encoder.encode(Workshop.Door(user: user))) }
            _ = try await peer.receive(count: 4 * 10)
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_authentications_total{result=accepted}") == 2)
            #expect(metrics.sum("switchboard_authentications_total{result=refused}") == 2)
            peer.close()
        }
    }

    @Test("connections that open, close and are refused, and why")
    func connections() async throws {
        try await withCountingServer(.workshop(), { $0.maximumConnections = 1 }) { server, port, metrics in
            let peer = try await RawPeer(port: port)
            try await peer.send(add)
            _ = try await peer.receive(count: 10)
            let refused = try await RawPeer(port: port)
            let header = try await refused.receive(count: 6)
            _ = try await refused.receive(count: Int(header[0]))
            #expect(try await refused.receivesEnd())
            await server.flushMetrics()
            #expect(metrics.values("switchboard_connections") == [1])
            #expect(metrics.sum("switchboard_connections_accepted_total") == 1)
            #expect(metrics.sum("switchboard_connections_refused_total{reason=serverIsFull}") == 1)
            refused.close()

            let bye: Bytes = [3, 0, 0, 0, 0x04, 0x01, 0x62, 0x79, 0x65]
            try await peer.send(bye)
            #expect(try await peer.receivesEnd())
            peer.close()
            while server.recentlyClosed.isEmpty { await Task.yield() }
            await server.flushMetrics()
            #expect(metrics.sum("switchboard_connections_closed_total{reason=requested}") == 1)
            #expect(metrics.values("switchboard_connections") == [0])
            let closed = try #require(server.recentlyClosed.first)
            #expect(closed.reason == "requested")
            #expect(closed.summary.messages == 2)
            #expect(closed.summary.receivedBytes == 23)
            #expect(closed.summary.sentBytes == 10)
        }
    }

    @Test("handlers that wait, until they are done, whether their peers are there or not")
    func suspendedHandlers() async throws {
        let gate = Gate()
        try await withCountingServer(.workshop(gate)) { server, port, metrics in
            let peers = [try await RawPeer(port: port), try await RawPeer(port: port)]
            for peer in peers { try await peer.send(hold) }
            await gate.arrival(of: 2)
            await server.flushMetrics()
            #expect(metrics.values("switchboard_handlers_suspended{message=Hold}") == [2])
            peers[0].reset()
            while server.recentlyClosed.isEmpty { await Task.yield() }
            await server.flushMetrics()
            #expect(metrics.values("switchboard_handlers_suspended{message=Hold}") == [2])
            await gate.open()
            _ = try await peers[1].receive(count: 10)
            var awaited = [2.0]
            while awaited != [0] {
                await server.flushMetrics()
                awaited = metrics.values("switchboard_handlers_suspended{message=Hold}")
            }
            peers[1].close()
        }
    }

    @Test("together with the other servers of its program: gauges and counters add up")
    func twoServers() async throws {
        try await withCountingServer { first, firstPort, metrics in
            try await withCountingServer(countingIn: metrics) { second, secondPort, _ in
                let ports = [firstPort, firstPort, firstPort, secondPort]
                var peers: [RawPeer] = []
                for port in ports {
                    let peer = try await RawPeer(port: port)
                    try await peer.send(add)
                    _ = try await peer.receive(count: 10)
                    peers.append(peer)
                }
                // Whichever says last what it has.
                for server in [first, second, first, first, second, second] {
                    await server.flushMetrics()
                }
                #expect(metrics.values("switchboard_connections") == [4])
                #expect(metrics.sum("switchboard_connections_accepted_total") == 4)
                #expect(metrics.sum("switchboard_messages_received_total{message=Add}") == 4)
                peers[3].close()
                while second.recentlyClosed.isEmpty { await Task.yield() }
                await second.flushMetrics()
                #expect(metrics.values("switchboard_connections") == [3])
                for peer in peers.dropLast() { peer.close() }
            }
            // A server that has ended has no part in it.
            while first.recentlyClosed.count < 3 { await Task.yield() }
            await first.flushMetrics()
            #expect(metrics.values("switchboard_connections") == [0])
        }
    }

    @Test("handlers that wait in all servers of its program")
    func suspendedHandlersOfTwoServers() async throws {
        let gate = Gate()
        try await withCountingServer(.workshop(gate)) { first, firstPort, metrics in
            try await withCountingServer(.workshop(gate), countingIn: metrics) { second, secondPort, _ in
                let peers = [try await RawPeer(port: firstPort), try await RawPeer(port: secondPort)]
                for peer in peers { try await peer.send(hold) }
                await gate.arrival(of: 2)
                await second.flushMetrics()
                await first.flushMetrics()
                #expect(metrics.values("switchboard_handlers_suspended{message=Hold}") == [2])
                await gate.open()
                for peer in peers { _ = try await peer.receive(count: 10) }
                while metrics.values("switchboard_handlers_suspended{message=Hold}") != [0] {
                    await second.flushMetrics()
                    await first.flushMetrics()
                }
                for peer in peers { peer.close() }
            }
        }
    }

    @Test("with a backplane, also its state and what it loses")
    func backplane() async throws {
        let memory = InMemoryLog()
        var limits = BackplaneLimits()
        limits.holdBytes = 100
        limits.maximumWaitingBytes = 1000
        let backplane = InMemoryBackplane(joining: memory, limits: limits)
        try await withCountingServer(backplane: backplane) { server, port, metrics in
            let found = Set(metrics.names.map { String($0.prefix { $0 != "{" }) })
            #expect(found == Set(ServerMetric.allCases.map { $0.rawValue }.filter { !$0.contains("_tls_") }))
            await server.flushMetrics()
            #expect(metrics.values("switchboard_backplane_up") == [1])
            memory.isReachable = false
            let peer = try await RawPeer(port: port)
            let listener = try await RawPeer(port: port)
            let encoder = FrameEncoder(Workshop.frameFormat)
            for peer in [peer, listener] {
                try await peer.send(encoder.encode(Workshop.Add(left: 1, right: 1)))
                _ = try await peer.receive(count: 10)
            }
            let note = try encoder.encode(Workshop.Note(text: String(repeating: "x", count: 2000)))
            try await peer.send(note)
            // Whoever has it here knows that it was published.
            _ = try await listener.receive(count: note.count)
            await server.flushMetrics()
            #expect(metrics.values("switchboard_backplane_up") == [0])
            #expect(metrics.sum("switchboard_backplane_dropped_total") == 1)
            memory.isReachable = true
            for other in [peer, listener] { other.close() }
        }
    }

    @Test("everything that it says it counts, and nothing else")
    func names() async throws {
        try await withCountingServer { server, _, metrics in
            let found = Set(metrics.names.map { String($0.prefix { $0 != "{" }) })
            // Only a server with a backplane, or with TLS, has metrics of it.
            let expected = ServerMetric.allCases.map { $0.rawValue }.filter { name in
                !["backplane", "cluster", "_tls_"].contains { name.contains($0) }
            }
            #expect(found == Set(expected))
            #expect(metrics.names.contains("switchboard_faults_total{fault=timeout}"))
            #expect(metrics.names.contains("switchboard_connections_closed_total{reason=slowConsumer}"))
            await server.flushMetrics()
        }
    }

    @Test("without being asked, as long as there are connections")
    func ticks() async throws {
        try await withCountingServer { _, port, metrics in
            let peer = try await RawPeer(port: port)
            try await peer.send(add)
            _ = try await peer.receive(count: 10)
            while metrics.sum("switchboard_messages_received_total{message=Add}") == 0
                || metrics.values("switchboard_event_loop_lag_seconds").isEmpty
            { await Task.yield() }
            peer.close()
        }
    }

    @Test("what each connection has done, and shows it")
    func summaries() async throws {
        try await withCountingServer { server, port, _ in
            let peer = try await RawPeer(port: port)
            try await peer.send(add + unknown + add)
            var remaining = 2
            while remaining > 0 {
                let header = try await peer.receive(count: 6)
                _ = try await peer.receive(count: Int(header[0]))
                if header[4..<6] == [0x02, 0x01] { remaining -= 1 }
            }
            let summary = try #require(await server.connections().first)
            #expect(summary.id > 0)
            #expect(summary.messages == 3)
            #expect(summary.receivedBytes == 34)
            #expect(summary.sentBytes > 20)
            #expect(summary.pendingOutput == 0)
            #expect(summary.lastFault == .unknownType)
            #expect(summary.user == nil)
            #expect(summary.age >= .zero)
            #expect(summary.remoteAddress.host == "127.0.0.1")
            peer.close()
        }
    }

    @Test("on through its states")
    func states() async throws {
        let server = try Server(
            .workshop(),
            configuration: ServerConfiguration(port: 0, eventLoops: 1),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        #expect(server.state == .starting)
        let running = Task { try await server.run(gracefulShutdownSignals: []) }
        _ = try await server.listeningAddress
        #expect(server.state == .ready)
        running.cancel()
        try await running.value
        #expect(server.state == .stopped)
        #expect(await server.connections().isEmpty)
        await server.flushMetrics()
    }
}
