import Switchboard
import SwitchboardTesting
import Synchronization
import TestSupport
import Testing

@Suite("The closures of onDisconnect")
struct DisconnectTests {
    private let add: Bytes = [8, 0, 0, 0, 0x01, 0x01, 2, 0, 0, 0, 3, 0, 0, 0]

    /// Runs a server, and returns the reason for which it has closed the connection that `body` uses.
    private func reason(
        _ router: Router = .workshop(),
        _ configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (RawPeer, _ port: Int) async throws -> Void
    ) async throws -> DisconnectReason? {
        let (reasons, continuation) = AsyncStream.makeStream(of: DisconnectReason.self)
        var router = router
        router.onDisconnect { _, reason in continuation.yield(reason) }
        var reason: DisconnectReason?
        try await withServer(router, configure) { port in
            let peer = try await RawPeer(port: port)
            try await body(peer, port)
            reason = await reasons.first { _ in true }
        }
        return reason
    }

    @Test("tell whether the peer has ended its side, or broken the connection", arguments: [false, true])
    func byPeer(resets: Bool) async throws {
        let reason = try await reason { peer, _ in
            try await peer.send(add)
            _ = try await peer.receive(count: 10)
            if resets { peer.reset() } else { peer.close() }
        }
        #expect(reason == (resets ? .reset : .endOfStream))
    }

    @Test("tell that a handler has closed the connection")
    func byHandler() async throws {
        let reason = try await reason { peer, _ in
            try await peer.send([3, 0, 0, 0, 0x04, 0x01] + "bye")
            #expect(try await peer.receivesEnd())
        }
        #expect(reason == .requested)
    }

    @Test("tell which fault of the peer has closed the connection")
    func fault() async throws {
        let reason = try await reason { peer, _ in try await peer.send([0xFF, 0xFF, 0xFF, 0x7F, 0x01, 0x01]) }
        #expect(reason == .fault(.payloadTooLarge))
    }

    @Test("tell that the peer was idle, or that the server has stopped", arguments: [Fault.timeout, .shuttingDown])
    func byServer(fault: Fault) async throws {
        let reasons = Mutex<[DisconnectReason]>([])
        var router = Router.workshop()
        router.onDisconnect { _, reason in reasons.withLock { $0.append(reason) } }
        let server = try TestServer(router)
        let peer = try server.connect()
        if fault == .timeout { server.advance(by: .seconds(61)) } else { server.drain() }
        // Problem of this protocol cannot tell the shutdown.
        if fault == .timeout { _ = try await peer.receive(Workshop.Problem.self) }
        try await peer.receiveEnd()
        peer.close()
        #expect(reasons.withLock { $0 } == [.fault(fault)])
    }

    @Test("may take a lock under which a handler sends, even if the message closes the connection")
    func lock() async throws {
        let lock = Mutex(0)
        var router = Router(Workshop.self)
        router.on(Workshop.Note.self) { note, context in
            try lock.withLock { _ in
                for _ in 0..<3000 { try context.send(Workshop.Note(text: String(repeating: "x", count: 4000))) }
            }
        }
        router.onDisconnect { _ in lock.withLock { $0 += 1 } }
        let reason = try await reason(
            router,
            {
                $0.outputHighWaterMark = 10_000
                $0.maximumPendingOutput = 1_000_000
            }
        ) { peer, _ in
            try await peer.send([1, 0, 0, 0, 0x04, 0x01, 0x61])
        }
        #expect(reason == .slowConsumer)
        #expect(lock.withLock { $0 } == 1)
    }

    @Test("and cancelled handlers may take a lock under which another connection sends")
    func cancellation() async throws {
        let lock = Mutex(0)
        let (held, continuation) = AsyncStream.makeStream(of: (any Connection).self)
        var router = Router(Workshop.self)
        router.on(Workshop.Hold.self) { message, context in
            continuation.yield(context.connection)
            await withTaskCancellationHandler {
                for await _ in AsyncStream(Never.self, { _ in }) {}
            } onCancel: {
                lock.withLock { $0 += 1 }
            }
            return Workshop.Sum(value: message.value)
        }
        router.on(Workshop.Note.self) { note, context in
            try lock.withLock { _ in
                try context.disconnect(.all, because: Workshop.Problem(code: .outOfPaint, text: ""))
                // More than one block of messages: the server sends them at once.
                for _ in 0..<2000 { try context.broadcast(note) }
            }
        }
        let reason = try await reason(router, { $0.eventLoops = 1 }) { peer, port in
            try await peer.send([4, 0, 0, 0, 0x03, 0x01, 1, 0, 0, 0])
            _ = await held.first { _ in true }
            let other = try await RawPeer(port: port)
            try await other.send([1, 0, 0, 0, 0x04, 0x01, 0x61])
            #expect(try await other.receive(count: 8) == [2, 0, 0, 0, 0xFF, 0xFF, 100, 0])
        }
        #expect(reason == .requested)
        #expect(lock.withLock { $0 } == 1)
    }
}
